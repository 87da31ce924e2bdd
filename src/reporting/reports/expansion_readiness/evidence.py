"""Does readiness foretell expansion? Which signal does?"""

from __future__ import annotations

import pandas as pd

from reporting.analysis import expansion
from reporting.analysis.expansion import FEWEST, Signal
from reporting.analysis.validity import discrimination
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, number, percent
from reporting.present.words import listing, plural, short
from reporting.survival.estimate import Estimate

from ..telling import charts
from ..telling.ranking import tells
from .data import Data


def _rates(data: Data) -> dict[str, Estimate]:
    """Readiness then, in words -> share that expanded."""
    limits = data.book.product.bands
    healthy, at_risk = number(limits.healthy), number(limits.at_risk)
    names = {"high": f"over {healthy}", "middle": f"{at_risk} to {healthy}", "low": f"under {at_risk}"}
    return {names[band]: e for band, e in expansion.rates(data.past, data.book.product).items()}


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
    finding = rates_sentence(data).split(" (AUC")[0].rstrip(".")
    known = [name for name, e in rates.items() if e.known]
    fig = charts.intervals(
        known, [rates[name] for name in known], finding, f"share that expanded within {data.horizon} months"
    )
    caption = (
        f"Expansion within {data.horizon} months by readiness at the time, 95% Wilson intervals; one score "
        "an account and window, windows do not overlap"
    )
    alt = (
        f"{finding}. Dots with intervals: "
        + ", ".join(f"readiness {name} {percent(rates[name].value)} of {rates[name].n}" for name in known)
        + "."
    )
    return Blocks([Figure(fig, "fig-expansion-rate", caption, alt)])


def signals(data: Data) -> Blocks:
    """Each signal by itself: how often accounts with it expanded, and those without."""
    judged = expansion.signals(data.past, data.book.product)
    found = sorted((signal for signal in judged if signal.testable), key=lambda signal: -signal.ahead)
    names = _names(data)
    if not found:
        text = f"No signal can be tested: each needs {FEWEST} past accounts with it and {FEWEST} without."
        return Blocks([Text(text)])
    best = found[0]
    text = (
        f"The signal that goes with expansion most is '{names[best.column]}': "
        f"{percent(best.having.value)} of accounts with it expanded within {data.horizon} months, "
        f"{percent(best.lacking.value)} without ({_chance(best)}) (@tbl-signals)."
    )
    if untested := [names[signal.column] for signal in judged if not signal.testable]:
        text += f" Not testable here: {listing(untested)}."
    caption = f"Expansion within {data.horizon} months by signal at the time, with 95% Wilson intervals"
    return Blocks([Text(text), _signal_table(found, names, caption)])


def _names(data: Data) -> dict[str, str]:
    """Signal -> what an account with it shows."""
    limits = data.book.product.expansion
    return {
        "licence_utilisation": f"licence use over {percent(limits.offer_seats, 0)}",
        "cross_team_usage": f"{limits.spread_teams} or more teams",
        "usage_growth": "use grew over three months",
        "premium_share": f"premium features {percent(limits.premium_share, 0)} of use or more",
        "plan_limit_proximity": f"over {percent(limits.plan_limit, 0)} of included volume",
        "integration_count": "two or more integrations",
    }


def _chance(signal: Signal) -> str:
    return "beyond chance" if signal.apart else "may be chance"


def _signal_table(found: list[Signal], names: dict[str, str], caption: str) -> Table:
    table = pd.DataFrame(
        [
            {
                "signal": names[signal.column],
                "n": signal.having.n,
                "with": short(signal.having, digits=1),
                "m": signal.lacking.n,
                "without": short(signal.lacking, digits=1),
                "says": _chance(signal),
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
