"""Three months ahead, and the targets."""

from __future__ import annotations

from reporting.present.blocks import Blocks

from ..telling import outlook
from ..telling.trust import if_reliable
from .data import Data


@if_reliable
def forecast(data: Data) -> Blocks:
    """MRR, NRR and lost accounts three months ahead, with the record."""
    return outlook.forecast(data.book)


def targets(data: Data) -> Blocks:
    """Actual against target; nothing without the table."""
    return outlook.targets(data.book)
