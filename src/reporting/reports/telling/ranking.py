"""How well a score ranks accounts, in words: never more than its AUC bears."""

from __future__ import annotations

from reporting.survival.estimate import Estimate

_GRADES = ((0.8, "tells well"), (0.7, "tells fairly well"), (0.6, "tells a little of"))


def tells(area: Estimate, what: str) -> str:
    """`tells fairly well who will leave`; an interval that reaches 0.5, a coin, tells nothing.

    Args:
        area: The AUC.
        what: What is foretold, such as `who will leave`.
    """
    if not area.low > 0.5:
        return f"does not tell {what}"
    words = next((words for floor, words in _GRADES if area.value >= floor), "tells hardly anything of")
    return f"{words} {what}"
