"""What an account is this month, decided once: one stance, the rule that gave it, what to do and by when.

The first rule of the playbook that an account meets gives its stance; the playbook is ordered by stance. What
else it meets stands beside it. An offer is made to accounts whose stance is `grow` and to no other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from reporting.analysis.facts import BEFORE, DERIVED
from reporting.analysis.view import View
from reporting.contract.tables import TABLES
from reporting.errors import ConfigError, did_you_mean
from reporting.params.playbook import STANCES, Condition, Rule
from reporting.params.product import Product
from reporting.snapshot.tables import PANEL

GROW, STEADY = "grow", "steady"
COLUMNS = (
    *("account_id", "account_name", "mrr_cents", "band", "score", "stance", "rule", "reason", "also"),
    *("action", "owner", "due", "probability", "lower", "upper", "likely_to_leave", "expected_loss_cents"),
    *("renewal_at", "days_to_renewal", "contract_value_cents", "offer", "offer_blocked_by"),
)
NOTHING = Rule(id=STEADY, stance="steady", action="Keep in touch")
"""For an account that meets no rule, where a product skips the shipped one for that."""
OFFERS = {"seats": "more_seats", "volume": "more_volume", "tier": "higher_plan"}
"""Commercial reason -> the rule that makes the offer."""
BEFORE_RENEWAL = pd.Timedelta(days=7)
"""What is to be done is done so long before the contract ends."""


def known_columns() -> set[str]:
    """The columns that a rule may name."""
    attributes = {column.name for column in TABLES["accounts"].columns}
    return {*PANEL, *attributes, *DERIVED} - {"month", "account_id"}


def check_playbook(product: Product, where: object = None) -> None:
    """Refuse a rule that names a column accounts don't have.

    Raises:
        ConfigError: Names the rule and the nearest column.
    """
    known = known_columns()
    for rule in product.playbook:
        for column in (*rule.when, *rule.shows):
            if column not in known:
                raise ConfigError(
                    f"rule '{rule.id}' of the playbook names the column '{column}', which accounts don't "
                    f"have.{did_you_mean(column, known)}",
                    where=where,
                    remedy="docs/playbook.md lists the columns.",
                )


def verdicts(view: View, rows: pd.DataFrame, risk: pd.DataFrame) -> pd.DataFrame:
    """One row an account: its stance, and all that a reader needs to act on it.

    Args:
        view: The month.
        rows: The accounts, see `facts`.
        risk: `probability`, `lower`, `upper`, and `p3` (within three months) by account; empty without a
            model.

    Returns:
        `COLUMNS`, most urgent stance first, then by the revenue that may be lost within three months
        (`expected_loss_cents`), then by MRR. `reason` is JSON: column -> value; `also` the ids of the other
        rules met, a blank between.
    """
    rules = view.product.rules
    met = {rule.id: meets(rows, rule.conditions(view.product)) for rule in rules}
    met_by = [[rule for rule in rules if row[rule.id]] for _, row in pd.DataFrame(met, rows.index).iterrows()]
    chosen = [next(iter(found), NOTHING) for found in met_by]
    out = rows.reindex(columns=[c for c in COLUMNS if c in rows]).copy()
    out["rule"] = [rule.id for rule in chosen]
    out["stance"] = [rule.stance for rule in chosen]
    out["action"] = [rule.action for rule in chosen]
    out["due"] = _due(view.close, chosen, pd.to_datetime(rows["renewal_at"]))
    out["also"] = [" ".join(rule.id for rule in found[1:] if rule.when) for found in met_by]
    out["reason"] = [
        _reason(row, rule.reasons) for rule, (_, row) in zip(chosen, rows.iterrows(), strict=True)
    ]
    out["owner"] = rows.get("csm")
    for bound in ("lower", "upper"):
        out[bound] = risk[bound].reindex(out.index) if bound in risk else float("nan")
    soon = risk["p3"].reindex(out.index) if "p3" in risk else float("nan")
    out["expected_loss_cents"] = (out["mrr_cents"] * soon).round()
    _offers(out, rows)
    order = out.assign(urgency=out["stance"].map(STANCES.index), loss=out["expected_loss_cents"].fillna(0))
    order = order.sort_values(
        ["urgency", "loss", "mrr_cents", "account_id"], ascending=[True, False, False, True]
    )
    return out.loc[order.index, list(COLUMNS)]


def _due(close: pd.Timestamp, chosen: Sequence[Rule], renewals: pd.Series) -> pd.Series:
    """Each rule's day, or a week before a renewal that comes sooner; never before the close."""
    day = close + pd.Series(pd.to_timedelta([rule.days for rule in chosen], unit="D"), index=renewals.index)
    early = (renewals.dt.normalize() - BEFORE_RENEWAL).clip(lower=close)
    return day.mask((renewals >= close) & (early < day), early)


def meets(rows: pd.DataFrame, conditions: Sequence[Condition]) -> pd.Series:
    """Which rows meet all conditions; an unknown value meets none but `unknown`."""
    result = pd.Series(True, index=rows.index)
    for condition in conditions:
        column = rows[condition.column] if condition.column in rows else pd.Series(pd.NA, index=rows.index)
        result &= _holds(column, condition.operator, condition.operand)
    return result


def _holds(column: pd.Series, operator: str, operand: Any) -> pd.Series:
    known = column.notna()
    if operator in ("known", "unknown"):
        return known if operator == "known" else ~known
    values = column[known]
    if operator == "=":
        held = values.astype(bool) == operand if isinstance(operand, bool) else values == operand
    else:
        number = values.astype(float)
        held = {
            ">": number > operand,
            ">=": number >= operand,
            "<": number < operand,
            "<=": number <= operand,
        }[operator]
    return held.astype(bool).reindex(column.index, fill_value=False)


def _reason(row: pd.Series, columns: Sequence[str]) -> str:
    """The values behind a rule as JSON; a column of `BEFORE` with its value at the last close."""
    named = []
    for column in columns:
        named += [column, f"{column}_before"] if column in BEFORE else [column]
    return json.dumps({name: _plain(row.get(name)) for name in named}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if hasattr(value, "item"):
        value = value.item()
    return round(value, 6) if isinstance(value, float) else value


def _offers(out: pd.DataFrame, rows: pd.DataFrame) -> None:
    """What could be offered, and the rule in the way; nothing without a commercial reason."""
    offer = rows["commercial_reason"].map(OFFERS).astype(object)
    mine = out["stance"] == GROW
    out["offer"] = offer.mask(mine & offer.notna(), out["rule"])
    blocked = out["rule"].where(out["stance"] != STEADY, "band")
    out["offer_blocked_by"] = blocked.where(out["offer"].notna() & ~mine, None)
