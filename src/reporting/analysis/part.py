"""What a part of a company takes over from the judgement of the whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

OF_ACCOUNTS = ("accounts", "risk", "followed")
"""What is decided of each account."""
OF_ALL = ("reliable", "why_no_risk", "correction")
"""What is said of all of them, and holds for each part."""


def decided_of_accounts(folder: Path) -> tuple[dict[str, pa.Table], dict[str, Any]]:
    """Rows by account of the frozen judgement in a folder, and what it says of all accounts."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    rows = {name: pq.read_table(folder / f"{name}.parquet") for name in OF_ACCOUNTS}
    return rows, {key: meta[key] for key in OF_ALL}
