"""The words that pages explain where they stand: what each means, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reporting.metrics.registry import METRICS
from reporting.params.product import Product

_METRICS = {
    "MRR": "mrr",
    "NRR": "nrr_12",
    "GRR": "grr_12",
    "quick ratio": "quick_ratio",
    "logo retention": "logo_retention_12",
    "health score": "health_score",
    "engagement score": "engagement_score",
}
_STATISTICS = {
    "AUC": (
        "Of two accounts, one that met the event and one that did not, how often the right one was ranked "
        "higher: 0.5 is a coin, 1 is perfect."
    ),
    "95% interval": "Where the true figure lies as far as these data tell: of 100 such intervals 95 hold it.",
    "80% interval": "The forecast is made to lie within it four times in five.",
    "hazard ratio": "How many times as often an account with this leaves in a month, all else alike.",
    "expected loss": "Each account's probability of leaving within three months times its MRR, summed.",
    "key action": (
        "The action that shows the product is used for what it is for; the product definition names it."
    ),
    "beyond chance": "The 95% interval of the difference leaves out zero.",
}


def terms(product: Product) -> dict[str, str]:
    """Word or words -> meaning, thresholds as in the product definition."""
    return {term: METRICS[id].filled(product).definition for term, id in _METRICS.items()} | _STATISTICS


def used(meanings: Mapping[str, str], text: str) -> dict[str, str]:
    """Those that stand in a text, as words of their own."""
    return {
        term: said for term, said in meanings.items() if re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text)
    }
