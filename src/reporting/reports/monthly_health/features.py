"""Features: who uses which, what may go, and what goes with health."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis import scores
from reporting.analysis.frames import numbers
from reporting.analysis.intervals import mean
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import NOT_AVAILABLE, count, number, percent
from reporting.present.formats import month as month_name
from reporting.present.markdown import escape
from reporting.present.words import listing, moved_points, plain, plural, sentence

from .data import Data

MOST_FEATURES = 20
GOOD, REMOVE = "good", "candidate for removal"
COMPARED = (
    " The last column compares the engagement score, without its feature part, of accounts that used the "
    "feature with those that didn't: it says what goes with health, not what causes it."
)


def features(data: Data) -> Blocks:
    """Who uses which feature, its change, and whether its users are the healthier accounts."""
    book = data.book
    now = _features_at(data, book.month)
    if now.empty:
        return Blocks([Text(f"Feature adoption is {book.missing('feature_adoption_rate')}.")])
    before = _features_at(data, book.previous)["rate"].reindex(now.index)
    now["step"] = [moved_points(a, b) for a, b in zip(now["rate"], before, strict=True)]
    now["health"] = [_health_gap(data, feature) for feature in now.index]
    now["reading"] = _readings(data, now)
    compared = set(now["health"]) != {NOT_AVAILABLE}
    limits = book.product.adoption
    good, drop = now[now["reading"] == GOOD], now[now["reading"] == REMOVE]
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
        f"{_base(data)}. {sentence(plural(len(good), 'core feature'))} of {int(now['core'].sum())} "
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
        "rate": (f"Of active {_base(data)}", percent),
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


def _readings(data: Data, now: pd.DataFrame) -> list[str]:
    """Each feature against its thresholds. Its launch is the first month with use on record; what was used
    in the first month of all is older than that."""
    book, limits = data.book, data.book.product.adoption
    used = book.snapshot.feature_month
    first, begun = used.groupby("feature")["month"].min(), used["month"].min()
    ripe = book.close - pd.DateOffset(months=limits.remove_after_months)
    found = []
    for feature, row in now.iterrows():
        launched = first[feature]
        if row["core"] and row["rate"] >= limits.feature_good:
            found.append(GOOD)
        elif row["rate"] >= limits.feature_remove:
            found.append("low" if row["core"] else "in use")
        elif feature in limits.hidden_features:
            found.append("hidden in a menu")
        elif launched > ripe and launched > begun:
            found.append(f"launched {month_name(launched, short=True)}")
        else:
            found.append(REMOVE)
    return found


def _base(data: Data) -> str:
    """What adoption is a share of: users, or accounts where events don't name users."""
    return "users" if numbers(data.book.now["active_users"]).size else "accounts"


def _features_at(data: Data, month: pd.Timestamp) -> pd.DataFrame:
    rows = data.book.snapshot.feature_month
    rows = rows[rows["month"] == month].set_index("feature")
    live = data.book.at(month)
    if _base(data) == "users":
        base, used = float(numbers(live["active_users"]).sum()), rows["users"].astype(float)
    else:
        base, used = float((live["events"] > 0).sum()), rows["accounts"].astype(float)
    out = rows.assign(rate=used / base if base else np.nan)
    return out.sort_values(["rate", "accounts"], ascending=False, kind="stable")


def _health_gap(data: Data, feature: str) -> str:
    book = data.book
    parts = {
        name: w for name, w in scores.weights(book, scores.ENGAGEMENT).items() if name != "feature_breadth"
    }
    used = book.snapshot.account_feature_month
    used = set(
        used.loc[
            (used["month"] == book.month) & (used["feature"] == feature) & (used["events"] > 0), "account_id"
        ]
    )
    columns = [scores.column(scores.ENGAGEMENT, name) for name in parts]
    rows = book.paying[book.paying[columns].notna().any(axis=1)]
    if rows.empty:
        return NOT_AVAILABLE
    values = rows[columns].astype(float)
    weight = values.notna() * np.array(list(parts.values()))
    score = (values.fillna(0) * weight).sum(axis=1) / weight.sum(axis=1)
    users, others = score[rows.index.isin(used)], score[~rows.index.isin(used)]
    if min(len(users), len(others)) < 5:
        return f"too few {'users' if len(users) < 5 else 'others'}"
    a, b = mean(users), mean(others)
    # Half widths of two independent intervals add in squares.
    gap = a.value - b.value
    half = float(np.hypot((a.high - a.low) / 2, (b.high - b.low) / 2))
    return (
        f"{number(gap, 0, sign=True)} ({number(gap - half, 0, sign=True)} to "
        f"{number(gap + half, 0, sign=True)})"
    )
