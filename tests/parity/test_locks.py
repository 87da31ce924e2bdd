"""The drivers of servers come on top of what every run is locked to, and change none of it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> set[tuple[str, str]]:
    """Package, and its version with marker, of every line that pins one; extras are no matter."""
    return set(re.findall(r"^([\w.-]+)(?:\[[\w,. -]+\])?==([^\\\n]+)", text(name), re.MULTILINE))


def test_servers_lock_holds_every_pin_of_the_lock() -> None:
    held = pins("requirements-servers.lock")
    everywhere = {(package, pin.split(" ;")[0].strip()) for package, pin in held if " ;" not in pin}
    lacking = {(package, pin.split(" ;")[0].strip()) for package, pin in pins("requirements.lock") - held}
    assert lacking <= everywhere  # what a server's package wants on any system has no marker there
    added = {package for package, _ in pins("requirements-servers.lock") - pins("requirements.lock")}
    assert {"psycopg", "pyspark"} <= added


def test_extras_are_pinned_with_their_packages() -> None:
    """Else pip takes `coverage[toml]` for something without a version and a hash, once a newer one is out."""
    assert re.search(r"^coverage\[toml\]==", text("requirements.lock"), re.MULTILINE)
