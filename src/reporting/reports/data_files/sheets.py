"""What the workbook shows: which files make a sheet, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["Lists", "Accounts", "Figures", "Others"]
Shape = Literal["rows", "figures", "cohorts"]


@dataclass(frozen=True)
class Sheet:
    """A sheet of data.

    Attributes:
        title: On its tab.
        holds: What it is, in a few words.
        files: Those of one row an account stand side by side, the first one's order and columns first.
        shape: `rows` as in the file; `figures` with a column a month; `cohorts` with a column an age.
    """

    title: str
    group: Group
    holds: str
    files: tuple[str, ...]
    shape: Shape = "rows"


_FIGURES = ("account_health", "account_warnings", "account_growth", "account_cohorts")

SHEETS = (
    Sheet("To rescue", "Lists", "call these first", ("to_rescue",)),
    Sheet("To protect", "Lists", "reach out before it is late", ("to_protect",)),
    Sheet("To onboard", "Lists", "help to the first outcome", ("to_onboard",)),
    Sheet("To grow", "Lists", "make an offer", ("to_grow", "expansion_accounts")),
    Sheet("Renewals", "Lists", "contracts that end within 90 days", ("renewals",)),
    Sheet("Trials", "Lists", "trials open or just over", ("trials",)),
    Sheet("One user only", "Lists", "accounts whose use hangs on one user", ("single_champions",)),
    Sheet(
        "Accounts", "Accounts", "every account that pays, with all we know", ("accounts_at_risk", *_FIGURES)
    ),
    Sheet("Lost", "Accounts", "who left or shrank lately", ("lost_accounts",)),
    Sheet("Movements", "Accounts", "who moved MRR this month, and why", ("movers",)),
    Sheet("Figures", "Figures", "every figure of the company, month by month", ("figures",), "figures"),
    Sheet("Who moved them", "Figures", "each figure's change, by account", ("explained_changes",)),
    Sheet("Bridge", "Figures", "MRR from month to month", ("mrr_bridge",)),
    Sheet("Cohorts", "Figures", "what is left of each cohort", ("retention_triangles",), "cohorts"),
    Sheet("Drivers", "Figures", "what goes with leaving", ("drivers",)),
    Sheet("Readiness", "Figures", "how often ready accounts expanded", ("expansion_rates",)),
)
"""In the order of the tabs; files of other notebooks follow, a sheet each."""

_USERS = ("user_engagement", "users_silent", "users_quiet", "users_without_key_action")
"""They stand in files alone: a workbook is passed on, and addresses are not for everybody."""
NOT_SHOWN = (*_USERS, "account_verdicts")
"""Files without a sheet; the verdicts stand in `accounts_at_risk` as well."""
