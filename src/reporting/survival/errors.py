"""What can go wrong in a survival analysis.

SurvivalError (ValueError)
├── DataError             a row, column or argument is not what the estimator needs
├── CollinearError        a covariate is a combination of the others
└── NotIdentifiedError    the likelihood has no finite maximum: the data separate perfectly
"""

from __future__ import annotations


class SurvivalError(ValueError):
    """Base of every error raised here."""


class DataError(SurvivalError):
    """The input breaks a stated rule; the message names the row or column and the rule."""


class CollinearError(SurvivalError):
    """Covariates that say the same thing twice; `terms` names those that add nothing."""

    def __init__(self, terms: list[str]) -> None:
        self.terms = terms
        super().__init__(
            f"{', '.join(terms)}: constant, or a combination of those before, among the rows at risk "
            "when events happen. Leave out one of them."
        )


class NotIdentifiedError(SurvivalError):
    """A coefficient runs to infinity; `terms` names whose."""

    def __init__(self, terms: list[str]) -> None:
        self.terms = terms
        super().__init__(
            f"no finite estimate for {', '.join(terms)}: the events lie all on one side of it. "
            "Leave it out, merge rare levels, or wait for more events."
        )
