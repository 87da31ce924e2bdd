"""Activation and where onboarding stops; features and what goes with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, number, percent
from reporting.present.markdown import escape

from ..common import charts, measures, scores
from ..common.frames import is_true, numbers, quantile
from ..common.intervals import mean, share
from ..common.words import moved_points, plural, sentence, with_interval
from .data import Data

COHORT_MONTHS = 12
MOST_FEATURES = 20


def _newcomers(data: Data) -> pd.DataFrame:
    """This month's rows of accounts that signed up within twelve months and could be onboarded by now."""
    book = data.book
    now = book.now
    age = now["tenure_days"]
    fresh = (age >= book.product.activation.onboarding_days) & (
        now["signed_up_at"] >= book.close - pd.DateOffset(months=COHORT_MONTHS)
    )
    return now[fresh & now["activated"].notna()]


def activation(data: Data) -> Blocks:
    """How many newcomers reach value, how soon, and the step where the others stop."""
    book, rows = data.book, _newcomers(data)
    if rows.empty:
        return Blocks(
            [
                Text(
                    f"No account signed up in the last {COHORT_MONTHS} months whose onboarding can be judged "
                    f"({book.missing('account_activated')})."
                    if "account_activated" in book.unavailable
                    else f"No account that signed up in the last {COHORT_MONTHS} months can be judged yet."
                )
            ]
        )
    reached = share(int(is_true(rows["activated"]).sum()), len(rows))
    limit = book.product.activation.value_days
    waits = numbers(rows["time_to_first_value"])
    slow = (
        f" First value takes {number(quantile(rows['time_to_first_value'], 0.5), 1)} days in the median; "
        f"{percent(float((waits > limit).mean()))} of those who reached it took more than {limit}."
        if waits.size
        else ""
    )
    table = drop_off(data)
    worst = table["lost"].idxmax()
    stop = table.loc[worst, "step"]
    finding = (
        f"Onboarding loses most accounts before '{stop}': {count(table.loc[worst, 'lost'])} of "
        f"{count(len(rows))}"
        if table["lost"].max() > 0
        else "No step of the onboarding loses accounts"
    )
    stop_at = worst if table["lost"].max() > 0 else None
    fig = charts.bars(
        list(table["step"]),
        list(table["share"]),
        [f"{percent(row.share)} ({count(row.accounts)})" for row in table.itertuples()],
        finding,
        f"share of {count(len(rows))} newcomers that got as far as the step",
        [style.color("bad") if i == stop_at else style.palette()[0] for i in table.index],
        style.percent_axis,
        whole=1.0,
    )
    text = (
        f"{with_interval(reached, 'newcomer')} reached the activation outcome.{slow} {escape(finding)} "
        "(@fig-onboarding)."
    )
    caption = (
        f"Onboarding steps reached by accounts that signed up in the last {COHORT_MONTHS} months and at "
        f"least {book.product.activation.onboarding_days} days ago"
    )
    alt = "Bars: " + ", ".join(f"{r.step} {percent(r.share)}" for r in table.itertuples()) + "."
    month = measures.table(
        book,
        data.trust,
        measures.of_report("monthly_health", ["activation"]),
        label="tbl-onboarding",
        caption=f"Onboarding of the accounts whose first {book.product.activation.onboarding_days} days "
        "ended in "
        f"{book.label}",
    )
    return Blocks([Text(text), Figure(fig, "fig-onboarding", caption, alt), month])


def drop_off(data: Data) -> pd.DataFrame:
    """Accounts that got as far as each onboarding step, in order.

    An account got as far as a step when it took it or a later one. Columns: step, accounts, share, lost
    (those who got as far as the step before and no further).
    """
    book, rows = data.book, _newcomers(data)
    reached = book.snapshot.activation_steps
    names = list(book.product.onboarding_steps)
    reached = reached[reached["reached_at"].notna() & reached["account_id"].isin(rows.index)]
    furthest = (
        reached.groupby("account_id")["position"].max().reindex(rows.index).fillna(0).to_numpy(dtype=int)
    )
    accounts = np.array([(furthest >= position).sum() for position in range(1, len(names) + 1)])
    out = pd.DataFrame(
        {"step": [_name(name) for name in names], "accounts": accounts, "share": accounts / max(len(rows), 1)}
    )
    before = np.concatenate([[len(rows)], accounts[:-1]])
    return out.assign(lost=before - accounts)


def features(data: Data) -> Blocks:
    """Who uses which feature, its change, and whether its users are the healthier accounts."""
    book = data.book
    now = _features_at(data, book.month)
    if now.empty:
        return Blocks([Text(f"Feature adoption is {book.missing('feature_adoption_rate')}.")])
    before = _features_at(data, book.previous)["rate"].reindex(now.index)
    now["step"] = [moved_points(a, b) for a, b in zip(now["rate"], before, strict=True)]
    now["health"] = [_health_gap(data, feature) for feature in now.index]
    limits = book.product.adoption
    good = now[now["core"] & (now["rate"] >= limits.feature_good)]
    low = now[now["rate"] < limits.feature_remove]
    top = now.iloc[0]
    text = (
        f"The most used feature is {escape(_name(top.name))}, at {percent(top['rate'])} of the active "
        f"{_base(data)}. {sentence(plural(len(good), 'core feature'))} of {int(now['core'].sum())} "
        f"{'is' if len(good) == 1 else 'are'} used by {percent(limits.feature_good, 0)} or more; "
        f"{plural(len(low), 'feature')} by less than {percent(limits.feature_remove, 0)}. The last column "
        "compares the engagement score, without its feature part, of accounts that used the feature with "
        "those that didn't: it says what goes with health, not what causes it (@tbl-features)."
    )
    table = now.reset_index().assign(
        name=lambda t: t["feature"].map(_name),
        kind=lambda t: np.where(t["core"], "core", np.where(t["premium"], "premium", "other")),
    )
    columns = {
        "name": "Feature",
        "kind": "Kind",
        "accounts": ("Accounts", count),
        "rate": (f"Of active {_base(data)}", percent),
        "step": "On last month",
        "health": "Score, users less others",
    }
    caption = f"Features in {book.label}, most used first: {min(MOST_FEATURES, len(table))} of {len(table)}"
    return Blocks(
        [Text(text), Table.of(table.head(MOST_FEATURES), columns, label="tbl-features", caption=caption)]
    )


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


def _name(feature: str) -> str:
    return str(feature).replace("_", " ")


def _health_gap(data: Data, feature: str) -> str:
    book = data.book
    rows = data.scored
    parts = {
        name: w for name, w in scores.weights(book, scores.ENGAGEMENT).items() if name != "feature_breadth"
    }
    used = book.snapshot.account_feature_month
    used = set(
        used.loc[
            (used["month"] == book.month) & (used["feature"] == feature) & (used["events"] > 0), "account_id"
        ]
    )
    if not parts or rows.empty:
        return "not available"
    values = rows[[scores.column(scores.ENGAGEMENT, name) for name in parts]].astype(float)
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
