"""Figures made of others, and who moved a figure: worked by hand, also where a figure is not defined."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from reporting.errors import ConfigError
from reporting.metrics.registry import METRICS
from reporting.month import Month
from reporting.snapshot.explain import Changes, _in_the_middle, _ratio
from reporting.snapshot.figures import Figures, compose
from reporting.snapshot.moved import NOBODY, Moved, largest, over

JAN, FEB = Month(2026, 1), Month(2026, 2)
MARGIN = 0.8
STEPS = ("load", "make", "share")
PRODUCT = SimpleNamespace(revenue=SimpleNamespace(gross_margin=MARGIN), onboarding_steps=dict.fromkeys(STEPS))


def figures(**found) -> Figures:
    """A pair is a ratio, a number a total; `drop__load` is `onboarding_drop_off:load`."""
    result = Figures()
    for name, value in found.items():
        metric = name.replace("drop__", "onboarding_drop_off:")
        if isinstance(value, tuple):
            result.ratio(metric, JAN.start, *value)
        else:
            result.total(metric, JAN.start, value)
    return result


@pytest.mark.parametrize(
    ("n", "d", "value"),
    [(3, 4, 0.75), (0, 4, 0.0), (3, 0, None), (3, None, None), (None, 4, None), (None, 0, None)],
)
def test_a_ratio_is_defined_over_a_positive_denominator_only(n, d, value):
    found = figures(x=(n, d))
    assert found.value("x", JAN.start) == value
    (row,) = found.table(()).to_pylist()
    assert (row["numerator"], row["denominator"]) == (n, d)


def test_a_total_is_its_value_and_what_is_not_there_is_none():
    found = figures(x=3, nothing=None)
    assert found.value("x", JAN.start) == 3
    assert found.value("nothing", JAN.start) is found.value("y", JAN.start) is None
    assert found.value("x", FEB.start) is None


def test_the_table_stands_by_metric_and_month_without_what_the_source_cannot_tell():
    found = figures(b=(1, 4), a=2)
    found.total("a", Month(2025, 12).start, 1)
    found.ratio("gone:slice", JAN.start, 1, 2)
    found.total("gone", JAN.start, 1)
    found.total("gone_not", JAN.start, 1)
    rows = found.table({"gone"}).to_pylist()
    assert [(r["metric"], r["month"].month, r["value"], r["numerator"], r["denominator"]) for r in rows] == [
        ("a", 12, 1, 1, None), ("a", 1, 2, 2, None), ("b", 1, 0.25, 1, 4), ("gone_not", 1, 1, 1, None),
    ]  # fmt: skip


def composed(metric, **found):
    given = figures(**found)
    compose(given, JAN.start, PRODUCT)
    return given.value(metric, JAN.start)


PARTS = dict(
    zip(
        ("feature_adoption_rate", "stickiness", "active_account_growth"),
        ((1, 2), (1, 4), (3, 4)),
        strict=True,
    )
)
COMPOSED = [
    # LTV = ARPA x gross margin / monthly churn; not estimable at zero churn
    ("ltv", {"arpa": (1000, 10), "monthly_churn_rate": (1, 10)}, 800),
    ("ltv", {"arpa": (1000, 10), "monthly_churn_rate": (0, 10)}, None),
    ("ltv", {"arpa": (0, 0), "monthly_churn_rate": (1, 10)}, None),
    # CAC payback = cost / (new MRR x gross margin); CAC = cost / new accounts
    ("cac_payback", {"acquisition_cost": 800, "new_mrr": 100}, 10),
    ("cac_payback", {"acquisition_cost": 800, "new_mrr": 0}, None),
    ("cac_payback", {"acquisition_cost": 800}, None),
    ("cac_payback", {"new_mrr": 100}, None),
    ("cac", {"acquisition_cost": 800, "new_accounts": 4}, 200),
    ("cac", {"acquisition_cost": 800, "new_accounts": 0}, None),
    ("cac", {"acquisition_cost": 0, "new_accounts": 4}, 0),
    ("cac", {"new_accounts": 4}, None),
    # mean of adoption, stickiness and growth, each as a percentage
    ("product_engagement_score", PARTS, 50),
    ("product_engagement_score", PARTS | {"stickiness": (1, 0)}, None),
    ("product_engagement_score", PARTS | {"stickiness": (0, 4)}, 125 / 3),
    # the step at which accounts stop: largest loss against the step before, the first against all
    ("onboarding_drop_off", {"drop__load": (5, 10), "drop__make": (6, 10), "drop__share": (8, 10)}, 0.5),
    ("onboarding_drop_off", {"drop__load": (1, 10), "drop__make": (4, 10), "drop__share": (6, 10)}, 0.3),
    ("onboarding_drop_off", {"drop__load": (1, 10), "drop__make": (2, 10), "drop__share": (6, 10)}, 0.4),
    ("onboarding_drop_off", {"drop__load": (0, 10), "drop__make": (0, 10), "drop__share": (0, 10)}, 0),
    ("onboarding_drop_off", {"drop__load": (1, 10), "drop__make": (2, 10)}, None),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "given", "value"), COMPOSED)
def test_figures_made_of_other_figures(metric, given, value):
    assert composed(metric, **given) == pytest.approx(value)


def ratio(**accounts) -> pd.DataFrame:
    return pd.DataFrame.from_dict(accounts, orient="index", columns=["n", "d"], dtype="float64")


def test_parts_of_a_ratio_add_up_to_its_change():
    """2/4 becomes 4/5: A's part is (1 - 0.5 x 0)/5, B's (-1 - 0.5 x -2)/5, C's (2 - 0.5 x 3)/5."""
    before, after = ratio(A=(1, 2), B=(1, 2)), ratio(A=(2, 2), C=(2, 3))
    parts = _ratio(before, after).parts
    assert parts.to_dict() == pytest.approx({"A": 0.2, "B": 0.0, "C": 0.1})
    assert parts.sum() == pytest.approx(4 / 5 - 2 / 4)


@pytest.mark.parametrize(("before", "after"), [((1, 0), (1, 2)), ((1, 2), (1, 0))])
def test_a_ratio_that_is_not_defined_in_one_month_has_no_parts(before, after):
    assert not _ratio(ratio(A=before), ratio(A=after)).defined


def test_a_denominator_nobody_has_counts_as_nothing():
    parts = _ratio(ratio(A=(1, 2), B=(0, None)), ratio(A=(1, 2), B=(1, 2))).parts
    assert parts.to_dict() == pytest.approx({"A": 0, "B": (1 - 0.5 * 2) / 4})


def test_a_ratio_stays_one_where_a_month_has_no_rows_or_an_account_no_denominator():
    given = {"nps": {JAN: {}, FEB: {"A": (1, 2)}}}
    assert parts(Told(given), "nps") == {}
    assert parts(Told({"nps": {JAN: given["nps"][FEB], FEB: {}}}), "nps") == {}
    month = {"A": (1, 2), "B": (0, None)}
    given = {"nps": {JAN: month, FEB: month | {"A": (2, 2)}}}
    assert parts(Told(given), "nps") == {"A": 0.5}


@pytest.mark.parametrize(
    ("waits", "middle"),
    [
        ({"a": 3.0}, {"a": 3.0}),
        ({"a": 3.0, "b": 1.0}, {"a": 1.5, "b": 0.5}),
        ({"a": 3.0, "b": 1.0, "c": 2.0}, {"c": 2.0}),
        ({"a": 4.0, "b": 1.0, "c": 2.0, "d": 3.0}, {"c": 1.0, "d": 1.5}),
        ({"a": 2.0, "b": 2.0, "c": 2.0}, {"b": 2.0}),
    ],
)
def test_the_accounts_in_the_middle_make_the_median(waits, middle):
    assert _in_the_middle(pd.Series(waits)).to_dict() == middle


class Told(Changes):
    """Changes over hand-made numerators and denominators, `{metric: {month: {account: (n, d)}}}`; a number in
    the place of the accounts is a value that belongs to none of them."""

    def __init__(self, given) -> None:
        names = pd.DataFrame({"account_id": list("ABCDE"), "account_name": [f"{a} Ltd" for a in "ABCDE"]})
        value = lambda metric, month: given[metric].get(month)  # noqa: E731
        super().__init__(SimpleNamespace(accounts=names, product=PRODUCT, value=value), JAN, FEB)
        self._given = given

    def _of(self, metric: str, month: Month) -> pd.DataFrame:
        return ratio(**self._given[metric][month])


def parts(told: Changes, metric: str) -> dict:
    rows = told.accounts(metric)
    assert list(rows.columns) == ["account_id", "account_name", "contribution"]
    ids = [None if pd.isna(key) else key for key in rows["account_id"]]
    return dict(zip(ids, rows["contribution"], strict=True))


def test_the_largest_part_comes_first_then_by_account_and_nothing_that_is_nothing():
    then = {"A": (1, None), "B": (5, None), "C": (5, None), "E": (4, None)}
    now = {"A": (2, None), "B": (3, None), "C": (7, None), "D": (9, None), "E": (4, None)}
    told = Told({"mrr": {JAN: then, FEB: now}})
    assert list(parts(told, "mrr").items()) == [("D", 9), ("B", -2), ("C", 2), ("A", 1)]
    assert told.accounts("mrr")["account_name"].to_dict() == dict(enumerate(f"{a} Ltd" for a in "DBCA"))


def months(before: dict, after: dict) -> dict:
    return {JAN: before, FEB: after}


CHURN = {"A": (1, 5), "B": (0, 5)}


def test_life_time_value_moves_by_its_two_figures():
    """ARPA 100 -> 110, churn 0.1 -> 0.2, margin 0.8: 800 -> 440."""
    given = {
        "arpa": months({"A": (100, 1), "B": (100, 1)}, {"A": (120, 1), "B": (100, 1)}),
        "monthly_churn_rate": months(CHURN, {"A": (1, 5), "B": (1, 5)}),
    }
    found = parts(Told(given), "ltv")
    # A: 0.8 x 10 / 0.2; B: -0.8 x 100 x 0.1 / (0.1 x 0.2)
    assert found == pytest.approx({"A": 40, "B": -400})
    assert sum(found.values()) == pytest.approx(440 - 800)


@pytest.mark.parametrize("gap", [("arpa", JAN), ("monthly_churn_rate", JAN), ("monthly_churn_rate", FEB)])
@pytest.mark.parametrize("nothing", [(1, 0), (0, 2)])
def test_life_time_value_that_is_not_estimable_has_no_parts(gap, nothing):
    given = {name: {m: {"A": (1, 2)} for m in (JAN, FEB)} for name in ("arpa", "monthly_churn_rate")}
    given[gap[0]][gap[1]] = {"A": nothing}
    if gap[0] != "arpa" or not nothing[1]:
        assert parts(Told(given), "ltv") == {}


def test_cost_belongs_to_nobody_and_what_was_won_to_its_account():
    """800 for 4 becomes 900 for 3: 200 -> 300. Cost: 100/3; won: -200 x (1 - 2)/3 and -200 x (2 - 2)/3."""
    won = months({"A": (2, None), "B": (2, None)}, {"A": (1, None), "B": (2, None)})
    given = {"new_accounts": won, "acquisition_cost": months(800, 900)}
    found = parts(Told(given), "cac")
    assert found == pytest.approx({None: 100 / 3, "A": 200 / 3})
    assert parts(Told(given), "acquisition_cost") == {None: 100}
    won = months({"A": (100, None)}, {"A": (200, None)})
    found = parts(Told({"new_mrr": won, "acquisition_cost": months(800, 800)}), "cac_payback")
    assert found == pytest.approx({"A": 800 / 160 - 800 / 80})
    nobody = months({"A": (0, None)}, {"A": (1, None)})
    assert parts(Told({"new_accounts": nobody, "acquisition_cost": months(800, 900)}), "cac") == {}


@pytest.mark.parametrize("metric", ["acquisition_cost", "cac"])
def test_a_cost_that_is_not_known_in_one_month_has_no_parts(metric):
    won = months({"A": (2, None)}, {"A": (1, None)})
    for cost in (months(None, 900), months(800, None)):
        assert parts(Told({"new_accounts": won, "acquisition_cost": cost}), metric) == {}


def test_the_mean_of_three_parts_moves_by_a_third_of_each():
    given = {name: months({"A": (0, 2), "B": (1, 2)}, {"A": (2, 2), "B": (1, 2)}) for name in PARTS}
    assert parts(Told(given), "product_engagement_score") == pytest.approx({"A": 50})


def test_the_step_that_loses_most_is_explained():
    """In January half stop at the first step; in February C and D take it and stop at the second."""

    def month(load: str, make: str, share: str) -> dict:
        return {
            s: {a: (float(a in lost), 1) for a in "ABCD"}
            for s, lost in zip(STEPS, (load, make, share), strict=True)
        }

    january, february = month("AB", "AB", "ABC"), month("A", "ACD", "ACD")
    given = {f"onboarding_drop_off:{s}": {JAN: january[s], FEB: february[s]} for s in STEPS}
    assert parts(Told(given), "onboarding_drop_off") == {"A": -0.25, "B": -0.25, "C": 0.25, "D": 0.25}


def waits(january: dict, february: dict) -> Told:
    told = Told({})
    rows = [(a, m.start, w) for m, found in ((JAN, january), (FEB, february)) for a, w in found.items()]
    told._panel = pd.DataFrame(rows, columns=["account_id", "month", "time_to_first_value"])
    return told


@pytest.mark.parametrize(
    ("january", "february", "found"),
    [
        # 2 -> 6, halfway 4: C stands above it in both months, A in the second only; E stands on it
        ({"A": 1.0, "B": 2.0, "C": 9.0}, {"A": 8.0, "B": 4.0, "C": 6.0}, {"A": 8 / 3, "B": 4 / 3}),
        # the same median: nobody moved it
        ({"A": 1.0, "B": 2.0, "C": 9.0}, {"A": 2.0, "B": 2.0, "C": 2.0}, {}),
        # not defined in a month
        ({}, {"A": 2.0}, {}),
        ({"A": 2.0}, {"A": None}, {}),
        # one above the point in both: the accounts in the middle moved it
        ({"A": 1.0, "B": 5.0}, {"A": 2.0, "B": 6.0}, {"A": 0.5, "B": 0.5}),
    ],
)  # fmt: skip
def test_a_median_is_shared_out_by_who_crossed_the_point_halfway(january, february, found):
    assert parts(waits(january, february), "time_to_first_value") == pytest.approx(found)


def test_what_is_no_figure_says_what_to_do():
    told = Changes(SimpleNamespace(outcomes=pd.DataFrame({"metric": ["nps"]})), JAN, FEB)
    told._panel = pd.DataFrame(columns=["mrr/n", "funnel:new/n", "funnel:gone/n"])
    with pytest.raises(ConfigError, match="'funnel' is counted by slice") as caught:
        told.accounts("funnel")
    assert "Explain one of them: funnel:new, funnel:gone." in str(caught.value)
    with pytest.raises(ConfigError, match="no sum over accounts"):
        told.accounts(next(m.id for m in METRICS.values() if m.place.startswith("computed")))
    with pytest.raises(ConfigError, match="'mrrr' is not a figure of portfolio_month") as caught:
        told.accounts("mrrr")
    assert "Did you mean 'mrr'?" in str(caught.value)


# --- arithmetic on changes ----------------------------------------------------------------------------

X = Moved(10.0, 16.0, pd.Series({"A": 4.0, "B": 2.0}), pd.Series({"A": 7.0, "C": 3.0}))
Y = Moved(4.0, 2.0, pd.Series({"B": -3.0, "C": 1.0}), pd.Series({"B": 4.0}))
NOTHING = Moved(5.0, float("nan"), NOBODY, NOBODY)


@pytest.mark.parametrize(
    ("moved", "before", "after", "parts"),
    [
        (X + Y, 14, 18, {"A": 4, "B": -1, "C": 1}),
        (X - Y, 6, 14, {"A": 4, "B": 5, "C": -1}),
        (2 * X, 20, 32, {"A": 8, "B": 4}),
        (X * Y, 40, 32, {"A": 4 * 2, "B": 2 * 2 + -3 * 10, "C": 10}),
        (over(X, Y), 2.5, 8, {"A": 2, "B": (2 + 3 * 2.5) / 2, "C": -1.25}),
        (over(X, 2), 5, 8, {"A": 2, "B": 1}),
        (over(X, None), 10, 16, {"A": 4, "B": 2}),
        (largest([Y, X]), 10, 16, {"A": 4, "B": 2}),
        # before it was 2 Y = 8 of B against 5 of X, of whom A 3.5 and C 1.5; then X leads with 8
        (largest([0.5 * X, 2 * Y]), 8, 8, {"A": 2 + 3.5, "B": 1 - 8, "C": 1.5}),
    ],
)
def test_every_operation_keeps_parts_that_add_up(moved, before, after, parts):
    assert (moved.before, moved.after) == pytest.approx((before, after))
    assert moved.parts.to_dict() == pytest.approx(parts)
    assert moved.parts.sum() == pytest.approx(after - before)
    assert moved.base.sum() == pytest.approx(before)


def test_what_rests_on_the_undefined_is_undefined():
    made = (X + NOTHING, X - NOTHING, X * NOTHING, over(X, NOTHING), over(NOTHING, X), largest([X, NOTHING]))
    assert not any(moved.defined for moved in (*made, over(X, X - X)))
