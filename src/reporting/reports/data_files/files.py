"""The data files of the shipped reports: what a row of each is, and the columns that are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .columns import Kind

Own = dict[str, tuple[Kind, str]]


@dataclass(frozen=True)
class DataFile:
    """A data file.

    Attributes:
        rows: What a row is, and in which order they stand.
        own: Columns that no other file has, or that mean something else here.
    """

    rows: str
    own: Own = field(default_factory=dict)


_ACCOUNT = "An account that pays, by id"
_TO_DO = "in the order in which to act"
_LISTED = "An account to {}, " + _TO_DO + "."
_PARTS = {
    "new": "first pay",
    "reactivation": "pay again",
    "expansion": "pay more",
    "contraction": "pay less",
    "churn": "pay no longer",
    "fx": "pay in another currency whose rate moved",
}
_BRIDGE: Own = {
    "start": ("money", "MRR at the close of the month before."),
    **{
        part: ("money", f"MRR {'lost' if part in ('contraction', 'churn') else 'gained'} as accounts {who}.")
        for part, who in _PARTS.items()
        if part != "fx"
    },
    "fx": ("money", "What exchange rates added, or took away."),
    "end": ("money", "MRR at the close: start, plus what was gained, less what was lost."),
    "accounts_start": ("count", "Accounts that paid at the close of the month before."),
    **{f"accounts_{part}": ("count", f"Accounts that {who}.") for part, who in _PARTS.items()},
    "accounts_end": ("count", "Accounts that pay at the close."),
}
_USERS = "A user with a valid log-in who {}, latest seen first."

FILES: Mapping[str, DataFile] = MappingProxyType(
    {
        "to_rescue": DataFile(_LISTED.format("rescue")),
        "to_protect": DataFile(_LISTED.format("protect")),
        "to_onboard": DataFile(_LISTED.format("help on board")),
        "to_grow": DataFile(_LISTED.format("make an offer")),
        "expansion_accounts": DataFile(
            f"An account to make an offer, {_TO_DO}, with what it may bring.",
            {
                "seats_over": ("count", "Seats in use above the licence."),
                "over": ("money", "What these would bring a month at the account's price of a seat."),
            },
        ),
        "renewals": DataFile("A contract that ends within 90 days of the close, the soonest first."),
        "trials": DataFile(
            "A trial that runs, or ended within 30 days of the close without paying; those that should "
            "convert first.",
            {
                "trial_ends_at": ("date", "The last day of the trial; empty where it has no end."),
                "running": ("yes/no", "Whether it runs at the close."),
                "should_convert": ("yes/no", "Whether the account is activated and not silent."),
                "activated": ("yes/no", "Whether it did what the product definition calls activation."),
                "steps_done": ("count", "Steps of onboarding done."),
                "value_events": ("count", "Events that bring value, in the month."),
            },
        ),
        "users_silent": DataFile(_USERS.format("has not used the product for `engagement.high_risk_days`")),
        "users_quiet": DataFile(
            _USERS.format("has not for `engagement.check_in_days`, and isn't silent yet")
        ),
        "users_without_key_action": DataFile(
            _USERS.format(
                "comes in and has not done the key action for `engagement.key_action_days`, or never"
            )
        ),
        "single_champions": DataFile("An account whose use hangs on one user."),
        "account_verdicts": DataFile(
            f"An account that pays, {_TO_DO}.",
            {
                "lower": ("share", "Lower end of the 95% interval of `probability`."),
                "upper": ("share", "Upper end of the 95% interval of `probability`."),
            },
        ),
        "accounts_at_risk": DataFile(f"An account that pays, {_TO_DO}, with what its risk is made of."),
        "account_health": DataFile(f"{_ACCOUNT}, with its figures of use and health."),
        "account_warnings": DataFile(f"{_ACCOUNT}, with its warning flags."),
        "account_growth": DataFile(f"{_ACCOUNT}, with what it could grow by."),
        "account_cohorts": DataFile(f"{_ACCOUNT}, with its cohort and the month's movements."),
        "user_engagement": DataFile(
            "A user of a paying account who was ever seen, by account and user.",
            {
                "last_active_days": ("days", "Days from their last use to the close."),
                "key_action_gap_days": (
                    "days",
                    "Days from their last key action; empty where there was none.",
                ),
                "a3x7": ("yes/no", "Whether they were active on enough of the last seven days."),
            },
        ),
        "lost_accounts": DataFile(
            "An account that left or shrank in the last months, latest first.",
            {
                "churn_type": ("text", "The kind of loss, by what its use looked like before."),
                "churned": ("money", "MRR lost as it left."),
                "contraction": ("money", "MRR lost as it shrank."),
            },
        ),
        "movers": DataFile(
            "A movement of MRR in the month, the largest first.",
            {
                "movement": ("text", "Which part of the bridge it belongs to."),
                "amount": ("money", "By how much MRR moved."),
                "why": (
                    "text",
                    "What changed in the account's terms, what it said, what its use looked like.",
                ),
            },
        ),
        "mrr_bridge": DataFile("A month, oldest first.", _BRIDGE),
        "figures": DataFile(
            "A figure of the company in a month; months without a value are left out.",
            {
                "slice": ("text", "Of which accounts, where it is a part of the figure."),
                "label": ("text", "Its name in the reports."),
                "unit": ("text", "Its unit; money is in units of the currency, shares are fractions."),
                "value": ("number", "Its value."),
            },
        ),
        "explained_changes": DataFile(
            "An account's part of the change of a figure on last month, the largest first; the parts of a "
            "figure add up to its change.",
            {"contribution": ("number", "Its part, in the unit of the registry (money in cents).")},
        ),
        "retention_triangles": DataFile(
            "A cohort at an age.",
            {
                "measure": ("text", "logo (accounts), grr or nrr (MRR without and with expansion)."),
                "cohort": ("text", "The quarter or month in which its accounts first paid."),
                "accounts": ("count", "How many accounts the cohort began with."),
                "age_months": ("count", "Months since their first paid month."),
                "share": ("share", "Part of the accounts, or of their first MRR, that is there."),
                "open": ("yes/no", "Whether some of the cohort have not reached that age yet."),
            },
        ),
        "drivers": DataFile(
            "Something that goes with leaving.",
            {
                "driver": ("text", "Its name in the model."),
                "group": ("text", "The kind of behaviour."),
                "label": ("text", "What it is, in words."),
                "hazard_ratio": (
                    "number",
                    "How many times as often an account with it leaves, all else alike.",
                ),
                "lower": ("number", "Lower end of its 95% interval."),
                "upper": ("number", "Upper end of its 95% interval."),
                "p": ("number", "How often chance alone would bring as much."),
                "p_adjusted": ("number", "The same, for all drivers tested at once."),
                "cox_hazard_ratio": ("number", "The ratio by a second model, for comparison."),
                "in_words": ("text", "The finding as a sentence."),
            },
        ),
        "expansion_rates": DataFile(
            "A band of readiness.",
            {
                "readiness": ("text", "The band."),
                "followed": ("count", "Past scores in it that were followed up."),
                "expanded_share": ("share", "Part of them after which the account expanded."),
                "low": ("share", "Lower end of its 95% interval."),
                "high": ("share", "Upper end of its 95% interval."),
            },
        ),
    }
)
"""File without `.csv` -> what it holds."""
