"""Does readiness foretell expansion? Which signal does?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from reporting.analysis.frames import is_true
from reporting.analysis.intervals import share
from reporting.analysis.validity import discrimination
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, number, percent
from reporting.present.words import listing, plural, short
from reporting.survival.estimate import Estimate

from ..telling import charts
from ..telling.ranking import tells
from .data import FEWEST, Data


def _bands(data: Data) -> dict[str, pd.Series]:
    """Band of readiness -> which past rows lie in it."""
    score, limits = data.past["expansion_readiness"].astype(float), data.book.product.bands
    return {
        f"over {number(limits.healthy)}": score > limits.healthy,
        f"{number(limits.at_risk)} to {number(limits.healthy)}": score.between(
            limits.at_risk, limits.healthy
        ),
        f"under {number(limits.at_risk)}": score < limits.at_risk,
    }


def _rates(data: Data) -> dict[str, Estimate]:
    happened = data.past["happened"].astype(bool)
    return {name: share(int(happened[rows].sum()), int(rows.sum())) for name, rows in _bands(data).items()}


def rates_by_band(data: Data) -> pd.DataFrame:
    """Observed expansion by readiness band: band, accounts followed, share that expanded, interval."""
    return pd.DataFrame(
        [(name, e.n, e.value, e.low, e.high) for name, e in _rates(data).items()],
        columns=["readiness", "followed", "expanded_share", "low", "high"],
    )


def rates_sentence(data: Data) -> str:
    """One sentence: did ready accounts expand more often than others?"""
    rows = data.past
    hits = int(rows["happened"].sum())
    if len(rows) < FEWEST or hits < 10:
        return (
            f"Whether readiness foretells expansion can't be judged yet: {plural(hits, 'expansion')} in "
            f"{plural(len(rows), 'followed score')}."
        )
    area = discrimination(rows, "expansion_readiness")
    known = {name: e for name, e in _rates(data).items() if e.n >= 10}
    top, bottom = next(iter(known)), list(known)[-1]
    return (
        f"The readiness score {tells(area, 'who will expand')}: {percent(known[top].value)} of accounts "
        f"{top} expanded within {data.horizon} months, against {percent(known[bottom].value)} {bottom} (AUC "
        f"{number(area.value, 2)}, 95% interval {number(area.low, 2)} to {number(area.high, 2)})."
    )


def validity(data: Data) -> Blocks:
    """Expansion of past accounts by their score then."""
    rates = _rates(data)
    if data.past.empty:
        return Blocks([Text("No past score can be followed far enough yet.")])
    text = rates_sentence(data)
    finding = text.split(" (AUC")[0]
    known = [name for name, e in rates.items() if e.known]
    fig = charts.intervals(
        known, [rates[name] for name in known], finding, f"share that expanded within {data.horizon} months"
    )
    caption = (
        f"Expansion within {data.horizon} months by readiness at the time, 95% Wilson intervals; one score "
        "an account and window, windows do not overlap"
    )
    alt = (
        "Dots with intervals: "
        + ", ".join(f"readiness {name} {percent(rates[name].value)} of {rates[name].n}" for name in known)
        + "."
    )
    return Blocks(
        [
            Text(f"{text} (@fig-expansion-rate)".replace(". (@", " (@") + "."),
            Figure(fig, "fig-expansion-rate", caption, alt),
        ]
    )


@dataclass(frozen=True)
class _Signal:
    """How often accounts with a signal expanded, and those without."""

    name: str
    having: Estimate
    lacking: Estimate

    @property
    def ahead(self) -> float:
        return self.having.value - self.lacking.value

    @property
    def apart(self) -> str:
        beyond = self.having.low > self.lacking.high or self.lacking.low > self.having.high
        return "beyond chance" if beyond else "may be chance"


def signals(data: Data) -> Blocks:
    """Each signal by itself: how often accounts with it expanded, and those without."""
    judged = {name: _judge(name, data.past, *sign) for name, sign in _signs(data).items()}
    found = sorted((signal for signal in judged.values() if signal), key=lambda signal: -signal.ahead)
    if not found:
        text = f"No signal can be tested: each needs {FEWEST} past accounts with it and {FEWEST} without."
        return Blocks([Text(text)])
    best = found[0]
    text = (
        f"The signal that goes with expansion most is '{best.name}': {percent(best.having.value)} of "
        f"accounts with it expanded within {data.horizon} months, {percent(best.lacking.value)} without "
        f"({best.apart}) (@tbl-signals)."
    )
    if untested := [name for name, signal in judged.items() if not signal]:
        text += f" Not testable here: {listing(untested)}."
    caption = f"Expansion within {data.horizon} months by signal at the time, with 95% Wilson intervals"
    return Blocks([Text(text), _signal_table(found, caption)])


def _signs(data: Data) -> dict[str, tuple[str, Callable[[pd.Series], pd.Series]]]:
    """Signal -> the column it is read from, and when it holds."""
    limits, steady = data.book.product.expansion, data.book.product.engagement.trend_steady
    return {
        f"licence use over {percent(limits.offer_seats, 0)}": (
            "licence_utilisation",
            lambda x: x > limits.offer_seats,
        ),
        f"{limits.spread_teams} or more teams": ("cross_team_usage", is_true),
        "use grew over three months": ("usage_growth", lambda x: x > steady),
        f"premium features {percent(limits.premium_share, 0)} of use or more": (
            "premium_share",
            lambda x: x >= limits.premium_share,
        ),
        f"over {percent(limits.plan_limit, 0)} of included volume": (
            "plan_limit_proximity",
            lambda x: x > limits.plan_limit,
        ),
        "two or more integrations": ("integration_count", lambda x: x >= 2),
    }


def _judge(
    name: str, past: pd.DataFrame, column: str, shown: Callable[[pd.Series], pd.Series]
) -> _Signal | None:
    """None where fewer than `FEWEST` past rows have the signal, or lack it."""
    known = past[past[column].notna()]
    holds = shown(known[column]).fillna(False).astype(bool)
    if min(holds.sum(), (~holds).sum()) < FEWEST:
        return None
    happened = known["happened"].astype(bool)
    having, lacking = (share(int(happened[rows].sum()), int(rows.sum())) for rows in (holds, ~holds))
    return _Signal(name, having, lacking)


def _signal_table(found: list[_Signal], caption: str) -> Table:
    table = pd.DataFrame(
        [
            {
                "signal": signal.name,
                "n": signal.having.n,
                "with": short(signal.having, digits=1),
                "m": signal.lacking.n,
                "without": short(signal.lacking, digits=1),
                "says": signal.apart,
            }
            for signal in found
        ]
    )
    columns = {
        "signal": "Signal",
        "n": ("With", count),
        "with": "Expanded",
        "m": ("Without", count),
        "without": "Expanded without",
        "says": "Difference",
    }
    return Table.of(table, columns, label="tbl-signals", caption=caption)
