"""Whether the sources agree: at the edge, just below, just above."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.hand import months, view_of

from reporting.analysis.trust import NOTICE_MONTHS, Trust, Witness


@pytest.mark.parametrize(
    ("called", "kept", "contradicts"),
    [(5, 1, False), (5, 2, True), (4, 4, False), (10, 2, False), (10, 3, True), (100, 20, False)],
)
def test_more_than_a_fifth_of_five_or_more_witnesses_is_a_contradiction(called, kept, contradicts):
    assert Witness("accounts", called, 0, called, kept).contradicts is contradicts


def cancellations(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account_id", "requested_at", "effective_at"])
    return frame.astype({"requested_at": "datetime64[us]", "effective_at": "datetime64[us]"})


def witness(paths: dict[str, list[int]], *rows: tuple[str, str, str | None]) -> Witness:
    ledger = [row for account, path in paths.items() for row in months(account, path)]
    trust = Trust(view_of(*ledger, cancellations=cancellations(*rows)))
    (found,) = trust.witnesses
    return found


@pytest.mark.parametrize(
    ("lost", "kept"),
    [(7, 1), (8, 0), (9, 0), (10, 0), (11, 0), (12, 1)],
)
def test_a_cancellation_is_borne_out_from_a_month_before_to_two_after(lost, kept):
    """Said in September 2025 (place 9 of the months from January 2025 on); the account pays until `lost`."""
    path = [100] * (lost - 1) + [0] * (15 - lost)
    found = witness({"a": path}, ("a", "2025-09-15", None))
    assert (found.called, found.kept) == (1, kept)


def test_paying_less_bears_a_cancellation_out_as_well():
    path = [100] * 8 + [60] * 6
    assert witness({"a": path}, ("a", "2025-09-15", None)).kept == 0


@pytest.mark.parametrize(("said", "called"), [("2025-12-31", 1), ("2026-01-01", 0), ("2026-02-01", 0)])
def test_a_cancellation_is_settled_after_its_notice(said, called):
    assert NOTICE_MONTHS == 2
    assert witness({"a": [100] * 14}, ("a", said, None)).called == called


def test_the_effective_date_outranks_the_click():
    assert witness({"a": [100] * 14}, ("a", "2025-09-15", "2026-01-20")).called == 0
    assert witness({"a": [100] * 14}, ("a", "2026-01-15", "2025-09-20")).called == 1


def test_an_account_is_one_witness_however_often_it_cancels():
    found = witness({"a": [100] * 14}, ("a", "2025-05-15", None), ("a", "2025-09-15", None))
    assert (found.called, found.kept) == (1, 1)


def test_flags_count_those_that_pay_at_the_close():
    accounts = pd.DataFrame(
        {"account_id": list("abc"), "churned_flag": pd.array([True, True, False], dtype="boolean")}
    )
    rows = [*months("a", [5, 5]), *months("b", [5, 0]), *months("c", [5, 5])]
    (found,) = Trust(view_of(*rows, accounts=accounts)).witnesses
    assert (found.called, found.kept) == (2, 1)


def test_accounts_that_ever_stopped_paying_count_once():
    assert Trust(view_of(*months("a", [5, 0, 5, 0]), *months("b", [5, 5]))).churned == 1
