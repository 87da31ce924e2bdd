"""Monthly health: how much, how often, how deep; who rises, who falls; does the score deserve belief?"""

from .adoption import activation
from .attention import concentration, recency, trends
from .bands import bands, headline, health_trend, key_figures, movers, score_parts
from .data import Data, load
from .features import features
from .foresight import followed_up, renewals
from .lifecycle import funnel
from .method import exports
from .people import people
from .revenue import quadrants
from .usage import engagement
from .validity import validity

__all__ = [
    "Data",
    "activation",
    "bands",
    "concentration",
    "engagement",
    "exports",
    "features",
    "followed_up",
    "funnel",
    "headline",
    "health_trend",
    "key_figures",
    "load",
    "movers",
    "people",
    "quadrants",
    "recency",
    "renewals",
    "score_parts",
    "trends",
    "validity",
]
