"""Use before losses, week by week: who is followed, against whom, and what the ratios are; by hand.

Weeks are numbered from 0. A leaver whose service ends in week 30 is followed from week 4 on, its base being
weeks 4 to 13.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn import before_leaving
from reporting.analysis.churn.risk_set import RiskSet
from reporting.analysis.untold import Untold

FIRST, END = pd.Timestamp("2024-01-01"), 30
QUIET = [1.0] * 14 + [0.0] * 15 + [3.0]  # one event a week in the base, then none, three in the last week
STEADY = [3.0] * 14 + [7.0] * 31
NO_ENDS = pd.DataFrame({"account_id": [], "valid_to": pd.to_datetime([])})


def week(number: float) -> pd.Timestamp:
    return FIRST + pd.Timedelta(days=7 * number)


def spell(account: str, left: float | None = None, begins: float = 0) -> tuple:
    return f"{account} 1", account, left is not None, week(left) if left else pd.NaT, week(begins)


def followed(*spells: tuple, use: dict[str, list[float]] | None = None) -> before_leaving.Pattern | str:
    """What is found of these spells; accounts use as `STEADY` does unless `use` says otherwise."""
    table = pd.DataFrame(spells, columns=["spell", "account_id", "churned", "left", "first_close"])
    rows = [
        (account, week(number), events)
        for account in table["account_id"].unique()
        for number, events in enumerate((use or {}).get(account, STEADY))
        if events  # a week without use has no row
    ]
    weekly = pd.DataFrame(rows, columns=["account_id", "week", "events"])
    risk = RiskSet(table, table.set_index("spell"), table, False, 0, FIRST)
    return before_leaving.pattern(weekly, NO_ENDS, risk)


def leavers(n: int = 10, left: float = END + 0.5, begins: float = 0) -> list[tuple]:
    return [spell(f"l{i}", left, begins) for i in range(n)]


def stayers(n: int = 10, begins: float = 0) -> list[tuple]:
    return [spell(f"s{i}", begins=begins) for i in range(n)]


def test_use_is_set_against_the_account_s_own_base_and_against_stayers():
    use = {f"l{i}": QUIET for i in range(10)}
    found = followed(*leavers(), *stayers(), use=use)
    # One event is added above and below: leavers (1+1)/(1+1), (0+1)/(1+1), (3+1)/(1+1);
    # stayers (3+1)/(3+1), (7+1)/(3+1).
    expected = {-26: (1, 1), -17: (1, 1), -16: (0.5, 2), -2: (0.5, 2), -1: (2, 2)}
    for number, (gone, kept) in expected.items():
        told = found.weeks.loc[number, ["leavers", "stayers", "ratio"]].tolist()
        assert told == pytest.approx([gone, kept, gone / kept]), number
    assert found.weeks.index.tolist() == list(range(-26, 0))
    assert (found.losses, found.left_out, found.lead) == (10, 0, 13)


@pytest.mark.parametrize(("events", "left_out"), [(10, 0), (9, 1), (11, 0)])
def test_a_leaver_needs_one_event_a_week_in_its_base(events, left_out):
    few = [0.0] * 4 + [float(events)] + [0.0] * 25
    found = followed(*leavers(11), *stayers(), use={"l0": few})
    assert (found.losses, found.left_out) == (11 - left_out, left_out)


@pytest.mark.parametrize(("begins", "left_out"), [(4, 0), (4.2, 0), (5, 1), (3, 0)])
def test_a_leaver_is_followed_where_it_paid_for_twenty_six_weeks(begins, left_out):
    found = followed(*leavers(10), spell("x", END, begins), *stayers())
    assert (found.losses, found.left_out) == (11 - left_out, left_out)


def test_only_the_last_stay_of_an_account_is_followed():
    returned = ("l0 2", "l0", False, pd.NaT, week(40))
    found = followed(*leavers(11), returned, *stayers())
    assert (found.losses, found.left_out) == (10, 1)


@pytest.mark.parametrize(("weeks", "left_out"), [(30, 0), (29, 1), (31, 0)])
def test_the_weeks_before_the_end_must_all_be_known(weeks, left_out):
    """Ten leave in week 27, one in week 30; use is known for so many weeks."""
    use = {name: [3.0] * weeks for _, name, *_ in [*leavers(), *stayers(), spell("x")]}
    found = followed(*leavers(left=27), spell("x", END), *stayers(), use=use)
    assert (found.losses, found.left_out) == (11 - left_out, left_out)


@pytest.mark.parametrize(("n", "told"), [(10, True), (9, False)])
def test_ten_losses_make_a_pattern(n, told):
    assert isinstance(followed(*leavers(n), *stayers()), before_leaving.Pattern) is told


@pytest.mark.parametrize(("n", "told"), [(10, True), (9, False)])
def test_ten_stayers_are_a_comparison(n, told):
    assert isinstance(followed(*leavers(), *stayers(n)), before_leaving.Pattern) is told


@pytest.mark.parametrize(
    ("tenth", "use", "told"),
    [
        (spell("s9", begins=4), STEADY, True),
        (spell("s9", begins=5), STEADY, False),  # did not pay in the whole stretch
        (spell("s9", left=35), STEADY, True),
        (spell("s9", left=34), STEADY, False),  # on its way out itself: gone within four weeks
        (spell("s9"), [0.0] * 4 + [10.0] + [0.0] * 40, True),
        (spell("s9"), [0.0] * 4 + [9.0] + [0.0] * 40, False),  # without use in its base
    ],
)
def test_who_counts_as_the_tenth_stayer(tenth, use, told):
    found = followed(*leavers(), *stayers(9), tenth, use={"s9": use})
    assert isinstance(found, before_leaving.Pattern) is told


def test_a_week_without_anybody_s_use_is_a_week_of_none():
    use = {f"l{i}": QUIET for i in range(10)} | {f"s{i}": QUIET + [3.0] * 5 for i in range(10)}
    found = followed(*leavers(), *stayers(), use=use)
    assert found.weeks["stayers"].tolist() == pytest.approx([1.0] * 10 + [0.5] * 15 + [2.0])
    assert found.weeks["ratio"].tolist() == pytest.approx([1.0] * 26)
    assert found.lead is None


def test_without_weeks_there_is_no_pattern():
    nothing = pd.DataFrame(columns=["account_id", "week", "events"])
    assert before_leaving.pattern(nothing, NO_ENDS, None) == Untold("no_weeks")


@pytest.mark.parametrize(
    ("gone", "kept", "ratio", "lead"),
    [
        (0.5, 0.25, 2.0, None),  # use fell, but that of stayers fell further
        (0.5, 0.5, 1.0, None),
        (1.0, 2.0, 0.5, 13),  # use held while that of stayers rose
        (0.25, 0.5, 0.5, 13),
    ],
)
def test_a_decline_is_one_against_the_stayers(gone, kept, ratio, lead):
    noise = np.linspace(-0.01, 0.01, 12)[:, None] * np.ones(before_leaving.WEEKS)
    after = np.arange(before_leaving.WEEKS) >= before_leaving.BASE
    found = before_leaving._pattern(
        noise + np.log(gone) * after, np.zeros_like(noise) + np.log(kept) * after, 0
    )
    last = found.weeks.loc[-1]
    assert last[["leavers", "stayers", "ratio"]].tolist() == pytest.approx([gone, kept, ratio])
    assert last["lower"] < last["ratio"] < last["upper"]
    # Over the base both are their own standard.
    assert found.weeks.loc[-26, ["leavers", "stayers", "ratio"]].tolist() == pytest.approx([1, 1, 1])
    assert found.lead == lead


def test_service_ends_with_the_last_row_of_the_month_of_the_loss():
    june = pd.Timestamp("2025-06-01")
    lost = pd.DataFrame(
        {"account_id": ["a", "b", "c"], "churned": [True, True, False], "left": [june, june, pd.NaT]},
        index=["a 1", "b 1", "c 1"],
    )
    rows = [
        ("a", "2025-06-03"),
        ("a", "2025-06-20"),
        ("a", "2025-07-02"),
        ("b", "2025-05-31"),
        ("c", "2025-06-09"),
    ]
    subs = pd.DataFrame(rows, columns=["account_id", "valid_to"]).astype({"valid_to": "datetime64[us]"})
    found = before_leaving.end_of_service(subs, SimpleNamespace(spells=lost))
    assert found.to_dict() == {"a 1": pd.Timestamp("2025-06-20"), "b 1": june}


def declining(weeks: int, n: int = 12) -> before_leaving.Pattern:
    """Leavers whose use is half of the stayers' in the last `weeks`, each by its own small noise."""
    noise = np.linspace(-0.01, 0.01, n)[:, None] * np.ones(before_leaving.WEEKS)
    gone = noise.copy()
    if weeks:
        gone[:, -weeks:] += np.log(0.5)
    return before_leaving._pattern(gone, np.zeros((n, before_leaving.WEEKS)), 3)


@pytest.mark.parametrize(
    ("weeks", "lead"),
    [  # means of four weeks: the first that ends in the decline holds one low week of four, and is below
        (0, None),
        (1, 1),
        (8, 8),
        (13, 13),
        (16, 13),  # all thirteen means of the sixteen weeks after the base
    ],
)
def test_the_lead_is_how_long_the_decline_has_shown(weeks, lead):
    found = declining(weeks)
    assert found.lead == lead
    assert (found.losses, found.left_out) == (12, 3)
    if weeks:
        assert found.weeks.loc[-1, "ratio"] == pytest.approx(0.5)
        assert found.weeks.loc[-1, "lower"] < 0.5 < found.weeks.loc[-1, "upper"]


def test_a_decline_that_chance_could_bring_gives_no_lead():
    loud = np.where(np.arange(12)[:, None] % 2, 0.5, -0.6) * np.ones(before_leaving.WEEKS)
    assert before_leaving._pattern(loud, np.zeros_like(loud), 0).lead is None


def test_an_interval_of_a_mean_worked_by_hand():
    # 1, 2, 3: mean 2, sd 1, t of two degrees of freedom 4.3027.
    middle, half = before_leaving._interval(np.array([[1.0], [2.0], [3.0]]))
    assert (middle[0], half[0]) == pytest.approx((2.0, 4.302653 / np.sqrt(3)))
