"""What came of the accounts that were to save, and which contracts renew soon."""

from __future__ import annotations

from reporting.present.blocks import Blocks

from ..telling import foresight
from ..telling.trust import if_reliable
from .data import Data


@if_reliable
def followed_up(data: Data) -> Blocks:
    """What came of the lists of a month and of three months ago."""
    return foresight.followed_up(data.book)


def renewals(data: Data) -> Blocks:
    """What renews within 90 days."""
    return foresight.renewals(data.book)
