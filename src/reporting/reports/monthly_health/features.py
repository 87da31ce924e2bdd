"""Features: who uses which, what may go, and what goes with health."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis.feature_adoption import adoption, counted_in, health_gap, readings
from reporting.analysis.launches import launched
from reporting.analysis.untold import Untold
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import NOT_AVAILABLE, count, number, percent
from reporting.present.formats import month as month_name
from reporting.present.markdown import escape
from reporting.present.words import listing, moved_points, plain, plural, sentence

from .data import Data

MOST_FEATURES = 20
_READINGS = {
    "good": "good",
    "low": "low",
    "in_use": "in use",
    "hidden": "hidden in a menu",
    "remove": "candidate for removal",
}
_UNTOLD = {
    "no_score": NOT_AVAILABLE,
    "too_few_users": "too few users",
    "too_few_others": "too few others",
}
COMPARED = (
    " The last column compares the engagement score, without its feature part, of accounts that used the "
    "feature with those that didn't: it says what goes with health, not what causes it."
)


def features(data: Data) -> Blocks:
    """Who uses which feature, its change, and whether its users are the healthier accounts."""
    book = data.book
    now = adoption(book, book.month)
    if now.empty:
        return Blocks([Text(f"Feature adoption is {book.missing('feature_adoption_rate')}.")])
    before = adoption(book, book.previous)["rate"].reindex(now.index)
    now["step"] = [moved_points(a, b) for a, b in zip(now["rate"], before, strict=True)]
    now["health"] = [_gap(data, str(feature)) for feature in now.index]
    read = pd.Series(readings(book, now), index=now.index)
    now["reading"] = [_reading(data, str(feature), which) for feature, which in read.items()]
    compared = set(now["health"]) != {NOT_AVAILABLE}
    limits = book.product.adoption
    good, drop = now[read == "good"], now[read == "remove"]
    top = now.iloc[0]
    months = plural(limits.remove_after_months, "month")
    candidates = (
        f"{listing([escape(plain(name)) for name in drop.index])} "
        f"{'is a candidate' if len(drop) == 1 else 'are candidates'} "
        f"for removal: under {percent(limits.feature_remove, 0)}, {months} and more after launch"
        if len(drop)
        else f"no feature is under {percent(limits.feature_remove, 0)} {months} and more after its launch"
    )
    text = (
        f"The most used feature is {escape(plain(top.name))}, at {percent(top['rate'])} of the active "
        f"{counted_in(book)}. {sentence(plural(len(good), 'core feature'))} of {int(now['core'].sum())} "
        f"{'is' if len(good) == 1 else 'are'} used by {percent(limits.feature_good, 0)} or more; "
        f"{candidates} (@tbl-features).{COMPARED if compared else ''}"
    )
    table = now.reset_index().assign(
        name=lambda t: t["feature"].map(plain),
        kind=lambda t: np.where(t["core"], "core", np.where(t["premium"], "premium", "other")),
    )
    columns = {
        "name": "Feature",
        "kind": "Kind",
        "accounts": ("Accounts", count),
        "rate": (f"Of active {counted_in(book)}", percent),
        "step": "On last month",
        "reading": "Reading",
        "health": "Score, users less others",
    }
    if not compared:
        del columns["health"]
    caption = f"Features in {book.label}, most used first: {min(MOST_FEATURES, len(table))} of {len(table)}"
    return Blocks(
        [Text(text), Table.of(table.head(MOST_FEATURES), columns, label="tbl-features", caption=caption)]
    )


def _reading(data: Data, feature: str, which: str) -> str:
    if which == "young":
        return f"launched {month_name(launched(data.book)[feature], short=True)}"
    return _READINGS[which]


def _gap(data: Data, feature: str) -> str:
    found = health_gap(data.book, feature)
    if isinstance(found, Untold):
        return _UNTOLD[found.reason]
    value, low, high = (number(x, 0, sign=True) for x in (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"
