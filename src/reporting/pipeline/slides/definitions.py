"""What the words on slides mean, for the notes: those that pages explain, and the brief's own figures."""

from __future__ import annotations

from reporting.metrics.registry import METRICS
from reporting.params.product import Product
from reporting.pipeline.terms import terms
from reporting.present.words import plain, sentence


def definitions(product: Product) -> dict[str, str]:
    """Word or words -> meaning, thresholds as in the product definition."""
    score, above = plain(product.band_score), product.bands.healthy
    return terms(product) | {
        "logo churn": METRICS["monthly_churn_rate"].filled(product).definition,
        "healthy accounts": f"Accounts whose {score} is above {above:g}.",
        sentence(product.north_star.label): METRICS["north_star"].filled(product).definition,
    }
