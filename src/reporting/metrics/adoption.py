"""Adoption: which features are used, by how many, and how much of the core."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.metrics.exact import BITS_PER_WORD
from reporting.params.product import Product


def feature_table(product: Product) -> ir.Table:
    """`feature`, `position` in the bitmap, `core`, `premium`."""
    rows = [
        {
            "feature": feature,
            "position": position,
            "core": feature in product.core_features,
            "premium": feature in product.premium_features,
        }
        for position, feature in enumerate(product.features)
    ]
    schema = {"feature": "string", "position": "int64", "core": "boolean", "premium": "boolean"}
    return ibis.memtable(rows, schema=schema)


def account_feature_month(account_event: ir.Table, user_month: ir.Table, product: Product) -> ir.Table:
    """`account_id`, `month`, `feature`, `core`, `premium`, `events`, `users` of every feature used."""
    features = feature_table(product)
    used = account_event.join(features, account_event.event_name == features.feature)
    people = user_month.filter(user_month.user_id.notnull())
    has = {
        f"users_{position}": (people[f"features_{position // BITS_PER_WORD}"] >> (position % BITS_PER_WORD))
        & 1
        for position in range(len(product.features))
    }
    wide = people.group_by("account_id", "month").aggregate(**{name: bit.sum() for name, bit in has.items()})
    joined = used.left_join(wide, ["account_id", "month"])
    users = ibis.cases(*[(joined.position == i, joined[f"users_{i}"]) for i in range(len(product.features))])
    return joined.select(
        "account_id", "month", "feature", "core", "premium", "events", users=users.fill_null(0)
    )


def feature_month(by_account: ir.Table) -> ir.Table:
    """`month`, `feature`, `core`, `premium`, `accounts`, `users`, `events` over all accounts."""
    return by_account.group_by("month", "feature", "core", "premium").aggregate(
        accounts=ibis._.count(), users=ibis._.users.sum(), events=ibis._.events.sum()
    )


def adoption(grid: ir.Table, by_account: ir.Table, recent_months: int) -> ir.Table:
    """Core features used in the month, in the last `recent_months` and ever, per account and month.

    Returns:
        `account_id`, `month`, `core_used`, `features_used`, `premium_used`, `core_recent`, `core_ever`.
    """
    used = by_account.select("account_id", "feature", "core", "premium", used_month="month")
    first = used.group_by("account_id", "feature", "core").aggregate(first_month=ibis._.used_month.min())
    current = used.group_by("account_id", month=used.used_month).aggregate(
        core_used=_count(ibis._.core), features_used=ibis._.count(), premium_used=_count(ibis._.premium)
    )
    index = grid.select("account_id", "month", "month_index")
    core = used.filter(used.core)
    core_months = core.join(
        index.select("account_id", used_month="month", used_index="month_index"), ["account_id", "used_month"]
    )
    near = index.join(
        core_months,
        [
            index.account_id == core_months.account_id,
            core_months.used_index <= index.month_index,
            core_months.used_index > index.month_index - recent_months,
        ],
    )
    recent = near.group_by("account_id", "month").aggregate(core_recent=near.feature.nunique())
    ever = index.join(
        first.filter(first.core), [index.account_id == first.account_id, first.first_month <= index.month]
    )
    ever = ever.group_by("account_id", "month").aggregate(core_ever=ever.count())
    keys = ["account_id", "month"]
    joined = index.left_join(current, keys).drop("account_id_right", "month_right")
    joined = joined.left_join(recent, keys).drop("account_id_right", "month_right")
    joined = joined.left_join(ever, keys).drop("account_id_right", "month_right")
    counts = ("core_used", "features_used", "premium_used", "core_recent", "core_ever")
    return joined.select(*keys, **{name: joined[name].fill_null(0) for name in counts})


def _count(condition) -> ir.IntegerScalar:
    return condition.ifelse(1, 0).sum()
