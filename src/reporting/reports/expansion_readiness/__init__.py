"""Expansion readiness: who uses deeply enough to grow, what the commercial reason is, what it may bring."""

from .data import Data, load
from .evidence import signals, validity
from .method import exports
from .sections import accounts, headline, key_figures, licence_use, pipeline, quadrants

__all__ = [
    "Data",
    "accounts",
    "exports",
    "headline",
    "key_figures",
    "licence_use",
    "load",
    "pipeline",
    "quadrants",
    "signals",
    "validity",
]
