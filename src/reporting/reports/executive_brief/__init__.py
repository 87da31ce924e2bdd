"""Executive brief, one page: thriving or teetering, what moved, which accounts to save and to grow."""

from .data import Data, load
from .sections import exports, grow, headline, key_figures, movements, save

__all__ = ["Data", "exports", "grow", "headline", "key_figures", "load", "movements", "save"]
