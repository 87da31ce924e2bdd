"""Hazard ratios in words: how often an account leaves, never why."""

from __future__ import annotations

import math

import pandas as pd

from reporting.analysis.churn.risk import is_clear
from reporting.present.formats import number, p_value

CLOSE_TO_ONE = 1.1


def _digits(row: pd.Series) -> int:
    return 1 if min(row["hazard_ratio"], row["lower"]) >= CLOSE_TO_ONE else 2


def ratio(row: pd.Series) -> str:
    """`1.8 (1.4 to 2.3)`."""
    digits = _digits(row)
    low, high = number(row["lower"], digits), number(row["upper"], digits)
    return f"{number(row['hazard_ratio'], digits)} ({low} to {high})"


def times(row: pd.Series) -> str:
    """`1.8 times as often, 1.4 to 2.3`."""
    digits = _digits(row)
    low, high = number(row["lower"], digits), number(row["upper"], digits)
    return f"{number(row['hazard_ratio'], digits)} times as often, {low} to {high}"


def in_words(subject: str, row: pd.Series) -> str:
    """`An account whose usage halved churns 1.8 times as often, 1.4 to 2.3`, where that is told."""
    subject = subject[0].upper() + subject[1:]
    if not is_clear(row):
        low, high = number(row["lower"], 2), number(row["upper"], 2)
        return f"{subject} churns neither more nor less often as far as the data show ({low} to {high} times)"
    return f"{subject} churns {times(row)}"


def lower_first(label: str) -> str:
    """The label inside a sentence: `usage halved`, but `MRR`."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def p_cell(p: float) -> str:
    """A p-value without its name, for a column that has it: `0.03`, `< 0.001`."""
    return p_value(p).removeprefix("p ").removeprefix("= ")


def verdict(row: pd.Series, alpha: float = 0.05) -> str:
    """What the evidence allows to say of a driver."""
    if row["p_adjusted"] < alpha:
        return "goes with leaving" if row["hazard_ratio"] > 1 else "goes with staying"
    return "not told from chance"


def discrimination(value: float) -> str:
    """What an AUC means, in a word that follows the number."""
    if not math.isfinite(value):
        return "not known"
    for floor, word in (
        (0.8, "well"),
        (0.7, "fairly well"),
        (0.6, "somewhat better than chance"),
        (0.55, "poorly"),
    ):
        if value >= floor:
            return word
    return "no better than a coin"
