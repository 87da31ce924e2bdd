"""Trials: who should convert, and what trials before them say."""

from __future__ import annotations

from reporting.analysis.trials import converted, open_trials
from reporting.present.words import plural, sentence, with_interval

from .data import Data

FEWEST = 10  # ended trials of each side, below which their shares are not compared


def trials_sentence(data: Data) -> str:
    """What became of ended trials, and which of the open ones should convert; empty without trials."""
    return f"{_past(data)} {_now(data)}".strip()


def _past(data: Data) -> str:
    said = converted(data.book)
    if min(side.n for side in said.values()) < FEWEST:
        return ""
    in_time, others = (with_interval(said[side], "trial") for side in (True, False))
    return (
        f"Of the trials that ended within twelve months, {in_time} of those activated before their end are "
        f"paid for, {others} of the others."
    )


def _now(data: Data) -> str:
    rows = open_trials(data.book)
    if rows.empty:
        return ""
    ready = int(rows["should_convert"].sum())
    should = f"{ready} of them should convert" if ready else "none of them is both activated and in use"
    return (
        f"{sentence(plural(len(rows), 'trial'))} {'is' if len(rows) == 1 else 'are'} open or ended in the "
        f"last 30 days without paying; {should} (`trials.csv`)."
    )
