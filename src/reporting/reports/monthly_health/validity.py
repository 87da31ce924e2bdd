"""Does the score deserve belief? Past scores against the churn that followed."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.bands import BANDS
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, number, percent
from reporting.present.words import interval, plain, plural

from ..telling import charts
from ..telling.ranking import tells
from .data import Data

# Below this many churned accounts a score can't be judged.
FEWEST_EVENTS = 10
# Two AUCs this close are told as equal.
TIE = 0.01
LEAVES = "who will leave"


def validity_sentence(data: Data) -> str:
    """One sentence: did past scores tell who would leave?"""
    rows, by_band, area = data.past_scores, data.churn_by_band, data.score_auc
    lost = int(rows["happened"].sum()) if len(rows) else 0
    if not data.trust.reliable:
        return (
            "Whether the score foretells churn can't be judged here: the sources contradict each other on "
            "who left."
        )
    if lost < FEWEST_EVENTS:
        only = "only " if lost else ""
        return (
            f"Whether the score foretells churn can't be judged yet: {only}{plural(lost, 'account')} left "
            "after having had one."
        )
    worst, best = by_band["churn risk"], by_band["healthy"]
    return (
        f"Held against what followed, the score {tells(area, LEAVES)}: {percent(worst.value)} of the "
        f"accounts in the churn-risk band left within {data.horizon_months} months against "
        f"{percent(best.value)} of the healthy (AUC {number(area.value, 2)}, 95% interval "
        f"{number(area.low, 2)} to {number(area.high, 2)}, {lost} losses).{_which_foretold_better(data)}"
    )


def _which_foretold_better(data: Data) -> str:
    """Both scores against the same churn; empty where one has no AUC."""
    if not all(area.known for area in data.aucs.values()):
        return ""
    (first, one), (second, other) = sorted(data.aucs.items(), key=lambda item: -item[1].value)
    if one.value - other.value < TIE:
        return f" The {plain(first)} and the {plain(second)} foretold it equally well."
    return (
        f" The {plain(first)} foretold it better than the {plain(second)} (AUC {number(one.value, 2)} "
        f"against {number(other.value, 2)})."
    )


def validity(data: Data) -> Blocks:
    """Churn within the horizon by band of past scores, with intervals and AUC."""
    rows, by_band, area = data.past_scores, data.churn_by_band, data.score_auc
    blocks = [Text(validity_sentence(data))]
    if rows.empty:
        return Blocks(blocks)
    table = pd.DataFrame(
        [
            (
                band,
                e.n,
                round(e.value * e.n) if e.known else 0,
                e.value,
                interval(e) if e.known else "no account",
            )
            for band, e in by_band.items()
        ],
        columns=["band", "n", "lost", "rate", "interval"],
    )
    columns = {
        "band": "Band then",
        "n": ("Scores", count),
        "lost": (data.trust.label("Left"), count),
        "rate": ("Share", percent),
        "interval": "Interval",
    }
    known = [e for e in by_band.values() if e.known]
    caption = (
        f"Churn within {data.horizon_months} months by band at the time; one score an account and "
        "window, windows do not overlap"
    )
    blocks.append(Table.of(table, columns, label="tbl-validity", caption=caption))
    lost = int(rows["happened"].sum())
    if lost >= FEWEST_EVENTS and len(known) > 1 and data.trust.reliable:
        finding = f"The score {tells(area, LEAVES)} (AUC {number(area.value, 2)})"
        fig = charts.intervals(
            list(BANDS),
            list(by_band.values()),
            finding,
            f"share that left within {data.horizon_months} months",
        )
        alt = (
            "Dots with intervals: "
            + "; ".join(f"{band} {percent(e.value)} of {e.n}" for band, e in by_band.items() if e.known)
            + "."
        )
        blocks.append(Figure(fig, "fig-validity", caption + "; 95% Wilson intervals", alt))
        blocks.append(
            Text(
                "An AUC of 0.5 is a coin's throw, 1 is a perfect order. Its interval takes the windows of "
                "one account together."
            )
        )
    return Blocks(blocks)
