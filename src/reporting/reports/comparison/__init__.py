"""Two months of a company, or two states of one month, side by side: figures, bands, stances, lists.

All text is plain: whoever sets it escapes it.
"""

from reporting.reports.comparison.comparison import Comparison
from reporting.reports.comparison.figures import Figure, counts, shown, step
from reporting.reports.comparison.groups import Group, Mover

__all__ = ["Comparison", "Figure", "Group", "Mover", "counts", "shown", "step"]
