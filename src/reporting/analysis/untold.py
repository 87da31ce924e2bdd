"""Why something can't be told, as data: a reason by name and the numbers that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Untold:
    """In place of a result that there isn't enough for.

    Attributes:
        reason: A name that reports have words for, such as `too_few_losses`.
        numbers: What the words need, by name: `{"losses": 7, "needed": 20}`.
    """

    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)
