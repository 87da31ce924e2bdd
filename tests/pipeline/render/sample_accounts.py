"""Accounts of a month with nasty names: paying and gone, with an owner and without."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sample_month import NAMES, context
from tests.hand import NOW, months, panel, snapshot

from reporting.pipeline.render.accounts import AccountPages
from reporting.pipeline.render.html import write_assets
from reporting.pipeline.render.scripts import write_scripts
from reporting.reports.account_pages import Told

IDS = ["a", "A", "../b", "c d", "<i>", "nul", "x" * 300, "=1+1", "é", "e", 'q"q', "1"]
OWNERS = ["Kim", None, "<b>Lee</b> & Co.", "kim"]
HOSTILE = "</script><script>alert(1)</script>"


def told(names: list[str] = NAMES, **tables: pd.DataFrame) -> Told:
    """A dozen accounts; the last has left, the one before is new."""
    rows = []
    for i, id in enumerate(IDS[: len(names)]):
        path = [10_000] * 5 + [0] if i == 11 else [10_000] if i == 10 else [10_000] * 6
        attributes = {"plan": HOSTILE, "events": 30 - i, "active_users": 3, "health_score": 20.0 + 6 * i}
        rows += months(id, path, **attributes, health_band="at risk", health_support=50.0)
    accounts = pd.DataFrame({"account_id": IDS[: len(names)], "account_name": names})
    accounts["csm"] = [OWNERS[i % len(OWNERS)] for i in range(len(names))]
    accounts["industry"] = HOSTILE
    users = pd.DataFrame(columns=["account_id", "user_id", "month", "role", "events"])
    done = {"activity_id": "1", "account_id": "a", "done_at": NOW, "kind": HOSTILE, "note": HOSTILE}
    given = {"user_month": users.assign(month=pd.Series(dtype="datetime64[us]"))}
    given["activities"] = pd.DataFrame([done])
    return Told(snapshot(panel(*rows), accounts, **{**given, **tables}))  # ty: ignore[invalid-argument-type]


def write_pages(out: Path, told: Told) -> AccountPages:
    """The pages of these accounts, with what they need beside them."""
    pages = AccountPages(told)
    run = context()
    write_assets(run.brand, out / "assets")
    write_scripts(out / "assets")
    pages.write(out, run)
    return pages
