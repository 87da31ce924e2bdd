"""Is there enough to fit a model? Two rules of thumb, in words.

Under 20 events, curves only. Under 10 events per parameter, fewer terms (Peduzzi et al. 1995, Journal of
Clinical Epidemiology 48).
"""

from __future__ import annotations

from dataclasses import dataclass

FEWEST_EVENTS = 20
EVENTS_PER_PARAMETER = 10


@dataclass(frozen=True)
class Gate:
    """How many parameters the events can carry (0: no model), and why."""

    parameters: int
    reason: str

    @property
    def open(self) -> bool:
        """Whether any model may be fitted."""
        return self.parameters > 0


def model_gate(events: int, wanted: int) -> Gate:
    """Parameters allowed of those wanted, baseline not counted.

    Args:
        events: events in the rows to be fitted.
        wanted: covariates one would like.
    """
    if events < FEWEST_EVENTS:
        return Gate(0, f"{events} events, under the {FEWEST_EVENTS} a model needs: curves only")
    allowed = min(wanted, events // EVENTS_PER_PARAMETER)
    if allowed < wanted:
        return Gate(
            allowed,
            f"{events} events carry {allowed} terms, not {wanted}: {EVENTS_PER_PARAMETER} events a term",
        )
    return Gate(wanted, f"{events} events, {events / max(wanted, 1):.0f} a term")
