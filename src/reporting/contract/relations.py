"""Rules on tables whose rows belong to an account: the account exists, and the dates agree with it."""

from __future__ import annotations

import ibis.expr.types as ir

from reporting.contract.asof import BORN
from reporting.contract.rules import Rule
from reporting.contract.tables import CanonicalTable

_AFTER = {
    "users": ("created_at", "deactivated_at"),
    "integrations": ("connected_at", "disconnected_at"),
    "tickets": ("opened_at", "closed_at"),
}


def relation_rules(table: ir.Table, canonical: CanonicalTable) -> list[Rule]:
    """Unknown accounts, dates before the sign-up, ends before beginnings, scores off their scale.

    Args:
        table: The canonical table with `known_account` and `account_signed_up_at`.
    """
    rules = []
    if "known_account" in table.columns:
        rules += _account_rules(table, canonical)
    if canonical.name in _AFTER:
        start, end = _AFTER[canonical.name]
        rules.append(
            Rule(
                "end_before_start",
                "warning",
                end,
                table[end] < table[start],
                f"{end} lies before {start}",
                "Correct the dates in the source.",
                shown=(start,),
            )
        )
    if canonical.name == "tickets":
        rules += [
            Rule(
                "satisfaction_empty",
                "warning",
                "satisfaction",
                table.satisfaction.isnull(),
                "The satisfaction score is empty",
                "Read satisfaction as the view of those who answered, not of all customers.",
                above=0.1,
            ),
            Rule(
                "off_scale",
                "warning",
                "satisfaction",
                (table.satisfaction < 1) | (table.satisfaction > 5),
                "The satisfaction score is not between 1 and 5",
                "Rescale it in the SELECT.",
            ),
        ]
    if canonical.name == "surveys":
        nps = (table.kind == "nps") & ((table.score < 0) | (table.score > 10))
        csat = (table.kind == "csat") & ((table.score < 1) | (table.score > 5))
        rules.append(
            Rule(
                "off_scale",
                "warning",
                "score",
                nps | csat,
                "The score is off its scale (nps 0 to 10, csat 1 to 5)",
                "Rescale it in the SELECT.",
                shown=("kind",),
            )
        )
    return rules


def _account_rules(table: ir.Table, canonical: CanonicalTable) -> list[Rule]:
    pays = canonical.name == "subscriptions"
    born = BORN[canonical.name]
    return [
        Rule(
            "unknown_account",
            "error" if pays else "warning",
            "account_id",
            table.account_id.notnull() & table.known_account.isnull(),
            "The account is not in accounts",
            "Add the account to accounts.sql, or leave the subscription out in subscriptions.sql."
            if pays
            else "These rows count for no account; add the accounts to accounts.sql.",
        ),
        Rule(
            "before_sign_up",
            "warning",
            born,
            table[born] < table.account_signed_up_at,
            f"{born} lies before the account's sign-up",
            "Check which date is right; figures counted from the sign-up lean on it.",
            shown=("account_id", "account_signed_up_at"),
        ),
    ]
