"""The renewals that lie ahead: what is at stake, how likely it is lost, and who has it in hand."""

from __future__ import annotations

import pandas as pd

from reporting.params.playbook import TO_SAVE

WINDOWS = (30, 60, 90)


def renewals(accounts: pd.DataFrame, within: int = WINDOWS[-1]) -> pd.DataFrame:
    """The accounts that renew within so many days of the close, the soonest first.

    Args:
        accounts: The verdicts, see `verdict.verdicts`.
        within: Days, inclusive.
    """
    rows = accounts[accounts["days_to_renewal"] <= within]
    order = ["days_to_renewal", "contract_value_cents", "account_id"]
    return rows.sort_values(order, ascending=[True, False, True])


def by_window(accounts: pd.DataFrame) -> pd.DataFrame:
    """What renews within 30, 60 and 90 days; each window holds the one before.

    Returns:
        Indexed by window: accounts, mrr_cents, contract_value_cents, expected_loss_cents (contract value
        times probability; missing where that of an account is not known), to_save and unowned (accounts).
    """
    found = []
    for window in WINDOWS:
        rows = renewals(accounts, window)
        loss = rows["contract_value_cents"] * rows["probability"]
        told = {
            "window": window,
            "accounts": len(rows),
            "mrr_cents": rows["mrr_cents"].sum(),
            "contract_value_cents": rows["contract_value_cents"].sum(),
            "expected_loss_cents": loss.sum(skipna=False),
            "to_save": int(rows["stance"].isin(TO_SAVE).sum()),
            "unowned": int(rows["owner"].isna().sum()),
        }
        found.append(told)
    return pd.DataFrame(found).set_index("window")
