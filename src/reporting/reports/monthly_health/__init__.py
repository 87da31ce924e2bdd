"""Monthly health: how much, how often, how deep; who rises, who falls; does the score deserve belief?"""

from .activity import active_accounts
from .adoption import activation
from .attention import concentration, recency, trends
from .bands import bands, headline, health_trend, key_figures, movers, score_parts
from .data import Data, load
from .features import features
from .foresight import followed_up, renewals
from .launches import launches
from .lifecycle import funnel
from .method import exports
from .newcomers import after_onboarding
from .people import people, users_to_write_to
from .revenue import quadrants
from .usage import by_segment, engagement
from .validity import validity

__all__ = [
    "Data",
    "activation",
    "active_accounts",
    "after_onboarding",
    "bands",
    "by_segment",
    "concentration",
    "engagement",
    "exports",
    "features",
    "followed_up",
    "funnel",
    "headline",
    "health_trend",
    "key_figures",
    "launches",
    "load",
    "movers",
    "people",
    "quadrants",
    "recency",
    "renewals",
    "score_parts",
    "trends",
    "users_to_write_to",
    "validity",
]
