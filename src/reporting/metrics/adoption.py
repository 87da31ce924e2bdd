"""Adoption: which features are used, by how many, and how much of the core."""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from reporting.metrics.exact import BITS_PER_WORD, popcount
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
    """`account_id`, `month`, `feature`, `core`, `premium`, `events`, `users` of every feature used.

    Args:
        account_event: The roll-up, of the accounts and months wanted.
        user_month: The roll-up, of the months wanted.
        product: Names of the features.
    """
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


def with_adoption(rows: ir.Table, product: Product) -> ir.Table:
    """Add how many core features an account used in the month (`core_used`), in the last months
    (`core_recent`) and ever (`core_ever`), and how many of all and of the premium ones (`features_used`,
    `premium_used`).

    Args:
        rows: `account_id`, `month` without gaps, and the words of the feature bitmap, null = no use.
        product: Which features are core and premium, and how many months are recent.
    """
    by_month = {"group_by": "account_id", "order_by": "month"}
    recent = ibis.window(**by_month, preceding=product.adoption.recent_months - 1, following=0)
    so_far = ibis.cumulative_window(**by_month)
    bits = {word: rows[word].fill_null(0) for word in rows.columns if word.startswith("features_")}

    def counted(words: dict[str, ir.IntegerColumn], features: Collection[str]) -> ir.IntegerValue:
        masks = dict.fromkeys(words, 0)
        for position, feature in enumerate(product.features):
            if feature in features:
                masks[f"features_{position // BITS_PER_WORD}"] |= 1 << (position % BITS_PER_WORD)
        parts = [popcount(bits & masks[word]) for word, bits in words.items() if masks[word]]
        return sum(parts, ibis.literal(0, "int64"))

    core = product.core_features
    return rows.mutate(
        core_used=counted(bits, core),
        features_used=counted(bits, product.features),
        premium_used=counted(bits, product.premium_features),
        core_recent=counted({word: value.bit_or().over(recent) for word, value in bits.items()}, core),
        core_ever=counted({word: value.bit_or().over(so_far) for word, value in bits.items()}, core),
    )
