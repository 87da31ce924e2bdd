"""Which behaviour goes with leaving: drivers, cross-check, change over tenure, the aha moment."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.churn.aha import ALPHA
from reporting.analysis.churn.model import DISAGREEMENT, Model
from reporting.analysis.untold import Untold
from reporting.present.blocks import Blocks, Callout, Figure, Table, Text
from reporting.present.formats import count, number, p_value, percent
from reporting.present.words import listing, plural, sentence
from reporting.survival.gates import EVENTS_PER_PARAMETER, FEWEST_EVENTS

from .. import charts, words
from ..data import Data
from ..untold import why


def driver_ratios(data: Data) -> Blocks:
    """The hazard ratios; without a model, why, and what it would take."""
    model = data.fitted
    if isinstance(model, Untold):
        return Blocks([_no_model(data, model)])
    table = model.table.loc[_order(model)]
    known = data.words
    found = table["p_adjusted"] < ALPHA
    finding = _finding(data, model)
    shown = table.assign(found=found)
    labels = [known[str(name)].label for name in shown.index]
    notes = [words.ratio(row) for _, row in shown.iterrows()]
    fig = charts.forest(
        shown, labels, notes, finding, "hazard ratio of leaving, log scale (below 1 stays, above 1 leaves)"
    )
    caption = (
        f"Hazard ratios with 95% intervals from {count(model.hazard.rows)} account-months and "
        f"{plural(model.hazard.events, 'loss', 'losses')}, each driver beside all others; in colour those "
        "told from chance after adjustment."
    )
    alt = (
        "Dot plot of hazard ratios: "
        + "; ".join(f"{a} {b}" for a, b in zip(labels, notes, strict=True))
        + "."
    )
    return Blocks([Text(_lead(model, found)), Figure(fig, "fig-drivers", caption, alt)])


def drivers_in_words(data: Data) -> Blocks:
    """What each hazard ratio means in words, with its p-values, and what the model leaves out."""
    model = data.model
    if model is None:
        return Blocks([Text("No model is fitted, so there are no drivers to put in words.")])
    known = data.words
    table = model.table.loc[_order(model)]
    rows = pd.DataFrame(
        {
            "driver": [words.in_words(known[str(name)].subject, row) for name, row in table.iterrows()],
            "p": [words.p_cell(p) for p in table["p"]],
            "adjusted": [words.p_cell(p) for p in table["p_adjusted"]],
            "reading": [sentence(words.verdict(row)) for _, row in table.iterrows()],
        }
    )
    columns = {"driver": "In words", "p": "p", "adjusted": "p (BH)", "reading": "Reading"}
    caption = "Drivers in words: how often an account churns, 95% interval; p raw and by Benjamini-Hochberg"
    return Blocks([Table.of(rows, columns, label="tbl-drivers", caption=caption), Text(_terms(data, model))])


def _order(model: Model) -> list[str]:
    """What goes with leaving most first, what goes with staying most last."""
    return list(model.table["hazard_ratio"].sort_values(ascending=False, kind="stable").index)


def _lead(model: Model, found: pd.Series) -> str:
    n = int(found.sum())
    if not n:
        return (
            f"None of the {plural(len(found), 'driver')} is told from chance once all are considered "
            "(@fig-drivers). That is not proof that none matters: the intervals show what "
            "remains possible."
        )
    return (
        f"{sentence(count(n))} of {plural(len(found), 'driver')} {'is' if n == 1 else 'are'} told from "
        "chance once all are considered (@fig-drivers). A ratio compares two accounts alike in "
        "all other drivers."
    )


def _finding(data: Data, model: Model) -> str:
    known = data.words
    found = model.found
    if found.empty:
        return "No driver of leaving is told from chance"
    parts = []
    for rows in (found[found["hazard_ratio"] > 1], found[found["hazard_ratio"] < 1]):
        if len(rows):
            name = rows.index[0]
            times = words.ratio(rows.loc[name]).split(" ")[0]
            parts.append(f"{words.lower_first(known[str(name)].label)}, {times} times")
    return sentence(f"{' the churn; '.join(parts)} the churn")


def _terms(data: Data, model: Model) -> str:
    lines = []
    if model.design.filled:
        parts = [
            f"{words.lower_first(data.words[name].label)} ({percent(share)})"
            for name, share in model.design.filled.items()
        ]
        how = "an indicator marks them" if model.design.indicators else "too few for an indicator"
        lines.append(
            f"Not known for some account-months and set to the middle value there ({how}): {listing(parts)}."
        )
    if model.design.left_out:
        by_reason: dict[str, list[str]] = {}
        for name, reason in model.design.left_out.items():
            by_reason.setdefault(why(reason), []).append(words.lower_first(data.words[name].label))
        parts = [f"{listing(labels)} ({reason})" for reason, labels in by_reason.items()]
        lines.append(f"Left out: {'; '.join(parts)}.")
    return (
        " ".join(lines) or "Every driver of the catalogue is in the model, and known for every account-month."
    )


def _no_model(data: Data, reason: Untold) -> Callout:
    candidates = len(data.drivers)
    text = (
        f"No model is fitted: {why(reason)}. A hazard ratio from so few losses would be noise with decimals. "
        f"What would be needed: at least {FEWEST_EVENTS} accounts whose leaving is recorded for two drivers, "
        f"and {EVENTS_PER_PARAMETER} for each further one ({candidates * EVENTS_PER_PARAMETER} for all "
        f"{candidates} of the catalogue), with the month in which service ended."
    )
    if not data.trust.reliable:
        text += (
            " The losses may exist: other tables of this source name more accounts as gone than the "
            "subscriptions do. Once it is settled which table records a lost customer, and its dates are "
            "mapped to the ends of subscriptions, this section fills itself."
        )
    return Callout("important", "Which behaviour goes with leaving can't be told", text)


def cross_check(data: Data) -> Blocks:
    """Do the discrete-time model and Cox's model agree?"""
    model = data.model
    if model is None:
        return Blocks([])
    if model.cross_check is None:
        return Blocks(
            [
                Text(
                    "Cox's model could not be fitted to these rows, so the drivers stand without a "
                    "cross-check."
                )
            ]
        )
    table = model.table.loc[_order(model)]
    known = data.words
    apart = [known[str(name)] for name, row in table.iterrows() if not row["agrees"]]
    if apart:
        names = listing([words.lower_first(driver.label) for driver in apart])
        lead = (
            f"The two models disagree by more than half a standard error on {names} (@tbl-cross-check): read "
            f"{'that ratio' if len(apart) == 1 else 'those ratios'} with care. On the other drivers they "
            "agree."
        )
    else:
        lead = (
            "Cox's model on the same rows tells the same story: no log hazard ratio moves by more than "
            f"{number(DISAGREEMENT, 1)} standard errors (@tbl-cross-check)."
        )
    rows = pd.DataFrame(
        {
            "driver": [known[str(name)].label for name in table.index],
            "discrete": [words.ratio(row) for _, row in table.iterrows()],
            "cox": [number(x, 2) for x in table["cox_ratio"]],
            "agrees": ["agree" if agrees else "disagree" for agrees in table["agrees"]],
        }
    )
    columns = {
        "driver": "Driver",
        "discrete": "Discrete-time hazard ratio (95% interval)",
        "cox": "Cox hazard ratio",
        "agrees": "The two",
    }
    caption = "Hazard ratios of the two models, fitted to the same rows and terms"
    return Blocks([Text(lead), Table.of(rows, columns, label="tbl-cross-check", caption=caption)])


def effects_over_tenure(data: Data) -> Blocks:
    """Does an effect hold over tenure? Where not, it is shown by stretch instead of as one number."""
    model = data.model
    if model is None or model.cross_check is None:
        return Blocks([])
    test = model.proportional
    overall = p_value(test.loc["global", "p"])
    changing = model.changing
    if not changing:
        return Blocks(
            [
                Text(
                    "No effect is seen to change with tenure: the score test of proportional hazards finds "
                    f"nothing for any driver after adjustment, and {overall} for all together. One number a "
                    "driver will do."
                )
            ]
        )
    names = listing([words.lower_first(data.words[driver.name].label) for driver in changing])
    rows = []
    for driver in changing:
        for stretch, row in model.over_tenure(driver).iterrows():
            rows.append(
                {
                    "driver": data.words[driver.name].label,
                    # An index of intervals; pandas types every label as hashable.
                    "stretch": _stretch(stretch),  # ty: ignore[invalid-argument-type]
                    "ratio": words.ratio(row),
                    "events": row["events"],
                    "p": words.p_cell(test.loc[driver.name, "p_adjusted"]),
                }
            )
    text = f"The effect of {names} changes with tenure (score test of proportional hazards, adjusted)"
    if not rows:
        return Blocks([Text(f"{text}; there are too few losses to show it by stretch of tenure.")])
    columns = {
        "driver": "Driver",
        "stretch": "Months of tenure",
        "events": ("Losses", count),
        "ratio": "Hazard ratio (95% interval)",
        "p": "p of the change (BH)",
    }
    caption = "Drivers whose effect changes with tenure: hazard ratios by stretch, from Cox's model"
    table = Table.of(pd.DataFrame(rows), columns, label="tbl-over-tenure", caption=caption)
    return Blocks([Text(f"{text}, so one ratio would mislead; @tbl-over-tenure shows it by stretch."), table])


def _stretch(interval: pd.Interval) -> str:
    low, high = interval.left, interval.right
    if low == float("-inf"):
        return f"up to {number(high)}"
    return f"over {number(low)}" if high == float("inf") else f"over {number(low)} to {number(high)}"
