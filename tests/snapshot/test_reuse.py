"""A month's rows stay as they are when months are added, so an earlier snapshot's months can be taken."""

from __future__ import annotations

import shutil
from contextlib import suppress

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.snapshot.conftest import PAID, MemorySource, contents, table

from reporting.month import Month
from reporting.snapshot import state
from reporting.snapshot.build import build_snapshot
from reporting.snapshot.frozen import Snapshot
from reporting.snapshot.reuse import GENERATIONS, remember, take, workplace
from reporting.snapshot.tables import APPENDED, IN_PARTS

# Ibis 12 asks DuckDB 2 for a table's columns in a way that DuckDB is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

FIRST, THEN, LAST = Month(2023, 11), Month(2024, 1), Month(2024, 3)  # a year ends in between


class Enough(Exception):
    """A build has gone as far as a test asks."""


class Company:
    """A company whose months are reported one after another, with one cache."""

    def __init__(self, tables, rates, product, folder) -> None:
        self.tables, self.rates, self.product, self.folder = tables, rates, product, folder
        self.said: list[str] = []

    def build(self, month: Month, *, afresh: bool = False) -> Snapshot:
        self.said.clear()
        source = MemorySource(self.tables, self.rates)
        cache = None if afresh else self.folder / "cache"
        out = self.folder / ("afresh" if afresh else "out") / str(month)
        return build_snapshot(source, self.product, month, out, cache, self.said.append)

    def replace(self, name: str, column: str, where: pa.BooleanArray, value: object) -> None:
        rows = self.tables[name]
        new = pc.if_else(where, pa.scalar(value, rows[column].type), rows[column])
        index = rows.column_names.index(column)
        self.tables = self.tables | {name: rows.set_column(index, column, new)}

    def add(self, name: str, **row: object) -> None:
        rows = pa.concat_tables([self.tables[name], table(name, [row])], promote_options="permissive")
        self.tables = self.tables | {name: rows}

    def begin(self, month: Month) -> None:
        """Build until it is known which months are computed, and no further."""

        def say(text: str) -> None:
            self.said.append(text)
            if "computing" in text:
                raise Enough

        self.said.clear()
        source = MemorySource(self.tables, self.rates)
        with suppress(Enough):
            build_snapshot(source, self.product, month, self.folder / "out", self.folder / "cache", say)

    @property
    def computed(self) -> str:
        """After which month months were computed last time; "all", "none"."""
        said = [text.removeprefix("computing the metrics") for text in self.said if "computing" in text]
        return (said[0].removeprefix(" after ") or "all") if said else "none"


@pytest.fixture(scope="module")
def earlier(tmp_path_factory, demo_tables, demo_rates, product) -> Company:
    company = Company(dict(demo_tables), demo_rates, product, tmp_path_factory.mktemp("company"))
    company.build(FIRST)
    return company


@pytest.fixture
def company(earlier, tmp_path, demo_tables) -> Company:
    """A company with a snapshot of `FIRST` in its cache."""
    shutil.copytree(earlier.folder / "cache", tmp_path / "cache")
    return Company(dict(demo_tables), earlier.rates, earlier.product, tmp_path)


def test_months_added_to_a_snapshot_give_the_bytes_of_one_made_at_once(company):
    company.build(THEN)
    assert company.computed == str(FIRST)
    found = company.build(LAST)
    assert company.computed == str(THEN)
    before = contents(found.path)
    assert contents(company.build(LAST).path) == before
    assert company.computed == "none"  # the same month again
    whole = company.build(LAST, afresh=True)
    assert company.computed == "all"
    assert contents(whole.path) == before


def test_rows_of_later_months_change_nothing_in_a_month(company):
    """However late something is learnt of an account or a user, what was known at the close stays."""
    moment = "2023-06-10 12:00"
    company.add("accounts", account_id="Z", account_name="Late", signed_up_at="2024-01-20")
    company.add(
        "subscriptions",
        subscription_id="ZS",
        account_id="Z",
        valid_from="2023-07-01",
        **PAID,
    )
    for user, created in (("ZU", "2024-02-02"), ("ZV", "2023-05-01")):
        company.add(
            "users",
            user_id=user,
            account_id="Z",
            created_at=created,
            role="admin",
            team="Ops",
            invited_at="2024-02-03",
        )
        for number, time in enumerate((moment, "2023-11-05 09:00", "2024-02-05 09:00")):
            company.add(
                "events",
                event_id=f"{user}{number}",
                account_id="Z",
                user_id=user,
                event_name="workflow_run",
                occurred_at=time,
                session_id=f"{user}{number}",
            )
    early, late = company.build(FIRST, afresh=True), company.build(LAST, afresh=True)
    for name in (*IN_PARTS, *APPENDED):
        mine, theirs = getattr(early, name), getattr(late, name)
        time = theirs["week"] + pd.Timedelta(days=6) if "week" in theirs else theirs["month"]
        theirs = theirs[time < pd.Timestamp(FIRST.close)].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, obj=name)
    rows = late.account_month[late.account_month.account_id == "Z"].set_index("month")
    assert rows.index.min() == pd.Timestamp("2023-07-01")  # it was no account when first used
    assert rows.signed_up_at.isna().tolist() == [True] * 6 + [False] * 3
    assert rows.last_admin_active_days["2023-11-01"] == 25  # the user known then, not the one created later


CORRECTIONS = {
    "a price": lambda c: c.replace("subscriptions", "amount", first(c, "subscriptions"), 77),
    "a user's team": lambda c: c.replace("users", "team", first(c, "users"), "Elsewhere"),
    "a late event": lambda c: c.add(
        "events",
        event_id="late",
        account_id=c.tables["accounts"]["account_id"][0].as_py(),
        event_name="workflow_run",
        occurred_at="2023-10-30 10:00",
    ),
    "a definition": lambda c: setattr(c, "product", with_other_fall(c.product)),
}


def first(company: Company, name: str) -> pa.BooleanArray:
    rows = company.tables[name].num_rows
    return pa.array([index == 0 for index in range(rows)])


def with_other_fall(product):
    return product.model_copy(update={"churn": product.churn.model_copy(update={"fall": 0.123})})


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_a_correction_is_noticed_and_every_month_computed_again(company, correction):
    CORRECTIONS[correction](company)
    company.begin(THEN)
    assert company.computed == "all"


def test_other_code_has_every_month_computed_again(company, monkeypatch):
    monkeypatch.setattr(state, "code_hash", lambda *rooms: "other")
    company.begin(THEN)
    assert company.computed == "all"


def test_a_changed_name_is_told_without_computing_a_month_again(company):
    company.replace("accounts", "account_name", first(company, "accounts"), "Renamed")
    found = company.build(FIRST)
    assert company.computed == "none"
    assert "Renamed" in set(found.accounts.account_name)
    assert contents(found.path) == contents(company.build(FIRST, afresh=True).path)


def test_a_damaged_part_is_not_taken(company):
    part = next((company.folder / "cache" / "kept" / str(FIRST)).rglob("account_month/*.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    company.begin(FIRST)
    assert company.computed == "all"


def test_a_published_snapshot_changed_by_hand_changes_no_later_one(company):
    published = company.build(FIRST)
    before = contents(published.path)
    for path in published.path.rglob("*.parquet"):
        path.write_bytes(b"changed by hand")
    assert contents(company.build(FIRST).path) == before


def test_an_earlier_month_takes_nothing_from_a_later_one(tmp_path):
    with workplace(tmp_path, THEN) as place:
        remember(tmp_path, place, THEN, "state", {})
    found = {}
    for month in (FIRST, THEN, LAST):
        with workplace(tmp_path, month) as place:
            found[month] = take(tmp_path, month, lambda _: "state", place)
    assert found[FIRST] is None
    assert found[THEN].last == found[LAST].last == THEN


def test_old_snapshots_make_room(tmp_path):
    months = [FIRST.shift(number) for number in range(GENERATIONS + 1)]
    for month in months:
        with workplace(tmp_path, month) as place:
            remember(tmp_path, place, month, "state", {})
    assert sorted(path.name for path in tmp_path.iterdir()) == [str(month) for month in months[1:]]
