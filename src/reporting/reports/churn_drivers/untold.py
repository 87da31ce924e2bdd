"""Why the analysis of churn can't tell something, in a clause without an end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reporting.analysis.untold import Untold
from reporting.present.formats import count, percent
from reporting.present.words import plural

_WHY: dict[str, Callable[[Mapping[str, float]], str]] = {
    # no model
    "contradicted": lambda n: "the sources contradict each other on who left",
    "too_few_losses": lambda n: (
        f"{plural(n['losses'], 'loss', 'losses')}, under the {count(n['needed'])} that a model needs"
    ),
    "one_stretch": lambda n: "the losses all lie in one stretch of tenure, so that no baseline can be fitted",
    "no_driver": lambda n: "no driver varies enough among the accounts at risk",
    # no test
    "too_few_months": lambda n: "too few months of losses to hold any back",
    "too_few_to_test": lambda n: (
        f"{plural(n['unseen'], 'loss', 'losses')} in the last {count(n['months'])} months and "
        f"{count(n['seen'])} before are too few to test on"
    ),
    # a driver left out of the model
    "absent": lambda n: "not in this source",
    "mostly_unknown": lambda n: f"unknown in {percent(n['share'], 0)} of the account-months",
    "constant": lambda n: "the same for every account",
    "too_rare": lambda n: "too rare to compare",
    "beyond_gate": lambda n: "too few losses to carry it",
    "repeats_another": lambda n: "says the same as another driver",
    "separates": lambda n: "every loss, or none, is on one side of it",
    # no aha moment
    "too_few_to_search": lambda n: (
        f"{plural(n['losses'], 'loss', 'losses')} among {plural(n['accounts'], 'account')} watched from "
        f"sign-up; at least {count(n['needed'])} losses are needed to search and confirm"
    ),
    "no_action": lambda n: "no early action varies enough among these accounts",
    # no pattern before leaving
    "no_weeks": lambda n: "the source has no use by week",
    "too_few_followed": lambda n: (
        f"{count(n['followed'])} of {plural(n['losses'], 'loss', 'losses')} have {count(n['weeks'])} weeks "
        f"of use before them; at least {count(n['needed'])} are needed to tell a pattern"
    ),
}


def why(untold: Untold) -> str:
    """The reason as a clause: `2 losses, under the 20 that a model needs`."""
    return _WHY[untold.reason](untold.numbers)
