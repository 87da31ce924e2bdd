"""The drivers of servers come on top of what every run is locked to, and change none of it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def pins(name: str) -> set[str]:
    """`package==version ; marker` of every line that pins one."""
    return set(re.findall(r"^[\w.-]+==[^\\\n]+", (ROOT / name).read_text(), re.MULTILINE))


def test_servers_lock_holds_every_pin_of_the_lock() -> None:
    assert pins("requirements.lock") - pins("requirements-servers.lock") == set()
    added = {pin.split("==")[0] for pin in pins("requirements-servers.lock") - pins("requirements.lock")}
    assert {"psycopg", "pyspark"} <= added
