"""Do the names agree? Those of the product definition with those of the events, and ids with each other.

A name that no event has gives a figure of zero, which looks like any other figure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping

import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding
from reporting.contract.rules import number_of, rows
from reporting.errors import nearest
from reporting.params.product import Product

FEW = 100
"""Below this number of events a name may be absent by chance, so only a definition without any is refused."""
COMMON = 500
"""Names among which a nearest one is looked for, the most frequent first."""


def product_findings(by_name: ir.Table, product: Product, total: int) -> list[Finding]:
    """Names of the product definition that no event has.

    Args:
        by_name: event_name and events; one or more rows a name.
        product: The product definition.
        total: Number of events.
    """
    known = by_name.filter(by_name.event_name.notnull()).group_by("event_name")
    known = known.aggregate(events=lambda t: t.events.sum())
    uses = _uses(product)
    present = {row["event_name"] for row in rows(known.filter(known.event_name.isin(list(uses))))}
    lacking = [name for name in uses if name not in present]
    if not lacking:
        return []
    common = [
        row["event_name"] for row in rows(known.order_by(known.events.desc(), "event_name").limit(COMMON))
    ]
    if not common:  # events without a name are an error of their own
        return []
    number = number_of(known)
    refused = not present or (2 * len(present) < len(uses) and total >= FEW)
    told = _told(lacking, uses, common, number)
    return [
        Finding(
            "unknown_event", "error" if refused else "warning", "events", "event_name",
            len(lacking), len(uses), told,
            [_example(name, uses, common) for name in lacking[:EXAMPLES]],
            _remedy([name for name in common if name not in uses]),
        )
    ]  # fmt: skip


def _uses(product: Product) -> dict[str, list[str]]:
    """Every event name of the definition -> the keys it stands under, what most rests on first."""
    groups: dict[str, Collection[str]] = {
        "north_star": [product.north_star.event],
        "key_action": [product.key_action],
        "activation_outcome": [product.activation_outcome],
        "value_events": product.value_events,
        "onboarding_steps": product.onboarding_steps.values(),
        **{
            name: getattr(product, name)
            for name in (
                "core_features", "premium_features", "other_features", "import_events", "api_events",
                "limit_events", "event_points", "vanity_events",
            )
        },
    }  # fmt: skip
    uses: dict[str, list[str]] = {}
    for key, names in groups.items():
        for name in names:
            if key not in uses.setdefault(name, []):
                uses[name].append(key)
    return uses


def _told(lacking: list[str], uses: Mapping[str, list[str]], common: list[str], number: int) -> str:
    among = f"among the {number:,} names of the events" if number > 1 else "the one name of the events"
    occur, names = len(uses) - len(lacking), f"{len(uses):,} event names in the product definition"
    if len(lacking) == 1:
        near = nearest(lacking[0], common)
        said = f"'{lacking[0]}' ({', '.join(uses[lacking[0]])}) isn't {among}."
        said += f" Did you mean '{near}'?" if near else ""
    elif occur >= len(lacking):
        said = f"{len(lacking):,} of {names} aren't {among}."
    elif occur:
        said = f"Only {occur:,} of {names} {'is' if occur == 1 else 'are'} {among}."
    else:
        said = f"None of {names} is {among}."
    return f"{said} What rests on a name that no event has is counted as zero."


def _example(name: str, uses: Mapping[str, list[str]], common: list[str]) -> dict[str, str | dt.datetime]:
    near = nearest(name, common)
    return {"name": name, "stands in": ", ".join(uses[name])} | ({"did you mean": near} if near else {})


def _remedy(others: list[str]) -> str:
    told = [name if re.fullmatch(r"[\w.-]+", name) else repr(name) for name in others[:8]]
    more = f" and {len(others) - len(told):,} more" if len(others) > len(told) else ""
    data = f" The events have {', '.join(told)}{more} besides." if told else ""
    return f"Correct the product definition, or translate event_name in events.sql.{data}"
