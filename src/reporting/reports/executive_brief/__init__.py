"""Executive brief: thriving or teetering, what moved, which accounts, why, what next, what can't be known."""

from .data import Data, load
from .revenue import mrr_bridge, trend
from .sections import (
    actions,
    exports,
    figures,
    glossary,
    headline,
    key_figures,
    lifecycle,
    movers,
    unknowns,
    verdict_signs,
)

__all__ = [
    "Data",
    "actions",
    "exports",
    "figures",
    "glossary",
    "headline",
    "key_figures",
    "lifecycle",
    "load",
    "movers",
    "mrr_bridge",
    "trend",
    "unknowns",
    "verdict_signs",
]
