"""What a column of the data files means; one word, one meaning, unless the file says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reporting.metrics.registry import METRICS
from reporting.params.product import Product
from reporting.present.words import plain, sentence

Kind = Literal["text", "money", "share", "count", "number", "days", "date", "month", "yes/no", "any"]
"""How a value is written; `any` is told by the values themselves."""

_UNITS: dict[str, Kind] = {
    "minor units": "money",
    "share": "share",
    "count": "count",
    "days": "days",
    "date": "date",
    "yes/no": "yes/no",
    "text": "text",
}
"""Unit of a metric -> how it is written; all others are numbers."""


@dataclass(frozen=True)
class Column:
    """A column as a reader meets it.

    Attributes:
        heading: Its name in the workbook.
        meaning: Empty where nobody has said it: a file of a notebook of one's own.
    """

    heading: str
    kind: Kind
    meaning: str


def kind_of(unit: str) -> Kind:
    """How a value of this unit of the registry is written."""
    return _UNITS.get(unit, "number")


def column(name: str, own: dict[str, tuple[Kind, str]], product: Product) -> Column:
    """What the column `name` means in a file with these columns of its own.

    Args:
        product: Its thresholds stand in the words.
    """
    told = own.get(name) or COLUMNS.get(name)
    if told is None and name in METRICS:
        metric = METRICS[name].filled(product)
        return Column(metric.label, kind_of(metric.unit), metric.definition)
    kind, meaning = told or ("any", "")
    words = name.replace("flag_", "flag: ", 1) if name.startswith("flag_") else name
    return Column(HEADINGS.get(name) or sentence(plain(words)), kind, meaning)


HEADINGS = {
    "account_name": "Account",
    "account_id": "Account id",
    "csm": "Owner",
    "mrr": "MRR",
    "fx": "Exchange rates",
    "p": "p-value",
    "p_adjusted": "p-value, adjusted",
    "cox_hazard_ratio": "Hazard ratio (Cox)",
    "also": "Other rules met",
    "action": "Next step",
    "due": "Due by",
    "renewal_at": "Renewal",
    "at_renewal": "Probability is that at renewal",
    "raises_1": "Raises it most",
    "raises_2": "Raises it second",
    "raises_3": "Raises it third",
    "lowers": "Lowers it most",
    "over": "MRR over the licence",
    **{f"probability_{n}m": f"Probability, {n} month{'s' if n > 1 else ''}" for n in (1, 3)},
    **{f"probability_{n}m_low": f"Probability, {n} month{'s' if n > 1 else ''}, low" for n in (1, 3)},
    **{f"probability_{n}m_high": f"Probability, {n} month{'s' if n > 1 else ''}, high" for n in (1, 3)},
}
"""Column -> its name in the workbook, where it isn't the plain one."""

_PROBABILITY = "probability that the account leaves"
_INTERVAL = "end of the 95% interval of"
_BANDED = "healthy, at risk or churn risk, by the bands of the product definition"
COLUMNS: dict[str, tuple[Kind, str]] = {
    "account_id": ("text", "The account, as the source names it."),
    "account_name": ("text", "Its name."),
    "csm": ("text", "Who looks after it; empty where nobody does."),
    "owner": ("text", "Who looks after it; empty where nobody does."),
    "mrr": ("money", "What the account pays a month at the close."),
    "currency": ("text", "ISO code of the currency that all money of the row is in."),
    "plan": ("text", "The plan of its subscription."),
    # verdict
    "band": ("text", f"Band of the score: {_BANDED}."),
    "score": ("number", "The band score, 0 to 100: the product definition says which score that is."),
    "stance": ("text", "What to do about the account: rescue, protect, onboard, grow or steady."),
    "rule": ("text", "The rule of the playbook that gave the stance."),
    "reason": ("text", "Why, in words and numbers."),
    "also": ("text", "Other rules of the playbook that the account meets, divided by spaces."),
    "action": ("text", "The next step."),
    "due": ("date", "The day by which to take it."),
    "probability": (
        "share",
        f"The {_PROBABILITY}: within three months, or at its renewal where its term ends later.",
    ),
    "likely_to_leave": ("yes/no", "Whether that probability is at or above `churn.likely`."),
    "expected_loss": ("money", "MRR times the probability of leaving within three months."),
    "renewal_at": ("date", "The day its term ends."),
    "days_to_renewal": ("days", "Days from the close until then."),
    "contract_value": ("money", "What the whole term is worth."),
    "offer": ("text", "The rule of the playbook that would make it an offer."),
    "offer_blocked_by": ("text", "The rule that forbids an offer now."),
    # risk
    "at_renewal": ("yes/no", "Whether the probability is that of leaving at its renewal."),
    "probability_low": ("share", f"Lower {_INTERVAL} `probability`."),
    "probability_high": ("share", f"Upper {_INTERVAL} `probability`."),
    "probability_1m": ("share", f"The {_PROBABILITY} within one month."),
    "probability_1m_low": ("share", f"Lower {_INTERVAL} `probability_1m`."),
    "probability_1m_high": ("share", f"Upper {_INTERVAL} `probability_1m`."),
    "probability_3m": ("share", f"The {_PROBABILITY} within three months."),
    "probability_3m_low": ("share", f"Lower {_INTERVAL} `probability_3m`."),
    "probability_3m_high": ("share", f"Upper {_INTERVAL} `probability_3m`."),
    "raises_1": ("text", "What raises the probability most."),
    "raises_2": ("text", "What raises it second."),
    "raises_3": ("text", "What raises it third."),
    "lowers": ("text", "What lowers it most."),
    # warnings
    "flag_core_workflow_falling": ("yes/no", "Whether the core workflow is used less than before."),
    "flag_active_users_falling": ("yes/no", "Whether fewer users are active than before."),
    "flag_value_features_falling": ("yes/no", "Whether the features that bring value are used less."),
    "flag_frequency_falling": ("yes/no", "Whether users come in less often than before."),
    "flag_no_recent_admin": ("yes/no", "Whether no admin was seen lately."),
    "flag_weak_onboarding": ("yes/no", "Whether onboarding stayed unfinished."),
    "flag_low_adoption": ("yes/no", "Whether few of the core features are in use."),
    "flag_falling_before_renewal": ("yes/no", "Whether use falls with a renewal near."),
    # health
    "health_trend_cause": ("text", "The parts of the health score that moved it most, in points."),
    "engagement_band": ("text", f"Band of the engagement score: {_BANDED}."),
    "health_band": ("text", f"Band of the health score: {_BANDED}."),
    "cohort": ("text", "The first month in which it paid."),
    "top1_share": ("share", "Part of the account's use that is its most active user's."),
    "top2_share": ("share", "Part that is its two most active users'."),
    "role_count": ("count", "How many roles its active users have."),
    # users
    "user_id": ("text", "The user, as the source names them."),
    "email": ("text", "Their address, where `users.email` is mapped."),
    "role": ("text", "Their role in the product."),
    "team": ("text", "Their team."),
    # the month
    "month": ("month", "The month."),
    "metric": ("text", "The figure's id in the registry."),
}
"""Column -> kind and meaning, in every file that has no word of its own for it."""
