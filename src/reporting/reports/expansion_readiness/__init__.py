"""Expansion readiness: who uses deeply enough to grow, what the commercial reason is, what it may bring."""

from .data import Data, load
from .evidence import contraction, signals, validity
from .sections import accounts, exports, glossary, headline, key_figures, licence_use, pipeline, unknowns

__all__ = [
    "Data",
    "accounts",
    "contraction",
    "exports",
    "glossary",
    "headline",
    "key_figures",
    "licence_use",
    "load",
    "pipeline",
    "signals",
    "unknowns",
    "validity",
]
