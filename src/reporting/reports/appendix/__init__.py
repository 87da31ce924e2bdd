"""The appendix, one for all reports: what the verdict rests on, every figure, the data, every definition."""

from .data import Data, load
from .sections import data_quality, exports, figures, glossary, movers, signs, unknowns

__all__ = ["Data", "data_quality", "exports", "figures", "glossary", "load", "movers", "signs", "unknowns"]
