"""A month published before that the tables no longer agree with: by how much, through whom, since when."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from reporting.month import Month
from reporting.pipeline.manifest import Inputs, Manifest
from reporting.pipeline.restated import restated_by, restated_since
from reporting.present.formats import MINUS

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
PAID = {"A": 100_00, "B": 50_00, "C": 20_00, "D": 10_00, "E": 5_00}


def publish(source: Path, month: Month, paid: dict[Month, dict[str, int]], finished: str) -> Path:
    """A month's folder whose snapshot has this MRR by month and account."""
    folder = source / str(month)
    snapshot = folder / "snapshot"
    (snapshot / "account_month").mkdir(parents=True)
    (snapshot / "meta.json").write_text(json.dumps({"month": str(month), "currency": "USD"}))
    figures = []
    for at, accounts in paid.items():
        rows = pd.DataFrame({"account_id": list(accounts), "mrr_cents": list(accounts.values())})
        rows.assign(month=pd.Timestamp(at.start)).to_parquet(snapshot / "account_month" / f"{at}.parquet")
        paying = sum(cents > 0 for cents in accounts.values())
        for metric, value in (("mrr", sum(accounts.values())), ("paying_accounts", paying)):
            figures.append({"month": pd.Timestamp(at.start), "metric": metric, "value": float(value)})
    pd.DataFrame(figures).to_parquet(snapshot / "portfolio_month.parquet")
    names = sorted({account for accounts in paid.values() for account in accounts})
    frame = pd.DataFrame({"account_id": names, "account_name": [f"Name {name}" for name in names]})
    frame.to_parquet(snapshot / "accounts.parquet")
    inputs = Inputs("acme", str(month), "s", "c", "l", "b", "embedded", {}, {})
    manifest = Manifest(inputs, "Acme", "s", [], {}, {})
    replace(manifest, volatile={"finished": finished}).write(folder)
    return folder


def test_a_corrected_month_is_told_with_the_accounts_that_moved_it(tmp_path):
    """B paid 10 less, E is gone, F came late with 7: 185 become 177, five accounts stay five."""
    before = publish(tmp_path, SEPTEMBER, {SEPTEMBER: PAID}, "1")
    today = PAID | {"B": 40_00, "E": 0, "F": 7_00}
    now = publish(tmp_path, OCTOBER, {SEPTEMBER: today, OCTOBER: today}, "2")
    (restated,) = restated_by(now / "snapshot", [before, now])
    assert restated.month == SEPTEMBER
    assert str(restated) == (
        "2026-09 was published with MRR of $185.00 and 5 paying accounts; the tables now say MRR of $177.00 "
        f"and 5 paying accounts: Name B (B) {MINUS}$10.00, Name F (F) +$7.00, Name E (E) {MINUS}$5.00."
    )


def test_three_accounts_are_named_and_the_rest_counted(tmp_path):
    before = publish(tmp_path, SEPTEMBER, {SEPTEMBER: PAID}, "1")
    now = publish(tmp_path, OCTOBER, {SEPTEMBER: {name: cents + 1 for name, cents in PAID.items()}}, "2")
    (restated,) = restated_by(now / "snapshot", [before])
    assert str(restated).endswith("Name A (A) +$0.01, Name B (B) +$0.01, Name C (C) +$0.01, 2 more.")


def test_an_account_of_nothing_more_or_less_is_a_change_of_customers(tmp_path):
    before = publish(tmp_path, SEPTEMBER, {SEPTEMBER: PAID}, "1")
    moved = PAID | {"D": 0, "E": 15_00}
    now = publish(tmp_path, OCTOBER, {SEPTEMBER: moved}, "2")
    (restated,) = restated_by(now / "snapshot", [before])
    assert "the tables now say MRR of $185.00 and 4 paying accounts" in str(restated)


@pytest.mark.parametrize(
    "meta",
    [{"currency": "EUR"}, {"month": "2026-10"}, {"month": "2026-11"}],
    ids=["currency", "same", "later"],
)
def test_what_can_not_be_compared_is_left_alone(tmp_path, meta):
    before = publish(tmp_path, SEPTEMBER, {SEPTEMBER: PAID, OCTOBER: PAID}, "1")
    path = before / "snapshot" / "meta.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | meta))
    other = {month: PAID | {"A": 1} for month in (SEPTEMBER, OCTOBER)}
    now = publish(tmp_path, OCTOBER, other, "2")
    assert restated_by(now / "snapshot", [before]) == []


def test_months_that_still_agree_or_lack_a_figure_are_not_mentioned(tmp_path):
    before = publish(tmp_path, SEPTEMBER, {SEPTEMBER: PAID}, "1")
    now = publish(tmp_path, OCTOBER, {SEPTEMBER: PAID, OCTOBER: PAID | {"A": 1}}, "2")
    assert restated_by(now / "snapshot", [before]) == []
    without = publish(tmp_path / "other", OCTOBER, {OCTOBER: PAID}, "2")
    assert restated_by(without / "snapshot", [before]) == []


@pytest.mark.parametrize(("finished", "marked"), [("2", [SEPTEMBER]), ("0", [])])
def test_a_month_made_again_after_the_later_one_is_not_restated_by_it(tmp_path, finished, marked):
    before = publish(tmp_path, SEPTEMBER, {SEPTEMBER: PAID}, "1")
    now = publish(tmp_path, OCTOBER, {SEPTEMBER: PAID | {"A": 1}}, finished)
    assert [restated.month for restated in restated_since([before, now])] == marked
    (now / "manifest.json").write_text("{}")
    assert restated_since([before, now]) == []


@pytest.mark.parametrize("lost", ["portfolio_month.parquet", "accounts.parquet", "meta.json"])
def test_a_damaged_month_is_left_to_the_audit(tmp_path, lost):
    before = publish(tmp_path, SEPTEMBER, {SEPTEMBER: PAID}, "1")
    now = publish(tmp_path, OCTOBER, {SEPTEMBER: PAID | {"A": 1}}, "2")
    (before / "snapshot" / lost).write_text("no longer what it was")
    assert restated_by(now / "snapshot", [before]) == []
