"""Scores with their parts: every part is 0 to 100, and a part whose input is absent leaves its weight to the
others."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.params.product import Product
from reporting.params.scores import Bands, EngagementScore, HealthScore, Line

ENGAGEMENT_PARTS = tuple(EngagementScore.model_fields)
HEALTH_PARTS = tuple(HealthScore.model_fields)


def scale(value: ir.NumericValue, line: Line) -> ir.FloatingValue:
    """0 at `line.zero`, 100 at `line.full`, straight between, clamped outside; null stays null."""
    share = (value.cast("float64") - line.zero) / (line.full - line.zero)
    return ibis.cases((share <= 0, 0.0), (share >= 1, 100.0), else_=share * 100)


def weighted(
    parts: dict[str, ir.FloatingColumn], weights: dict[str, float]
) -> tuple[ir.FloatingColumn, dict]:
    """The weighted mean of the parts that are not null, and the points each of them costs.

    Returns:
        The score (null if every part is), and by part the points it loses: weight / sum of weights present x
        (100 - part). Score + all points lost = 100.
    """
    zero = ibis.literal(0.0)
    present = sum((part.notnull().ifelse(weights[name], 0.0) for name, part in parts.items()), zero)
    total = sum((part.fill_null(0.0) * weights[name] for name, part in parts.items()), zero)
    base = present.nullif(0.0)
    lost = {name: (100.0 - part) * weights[name] / base for name, part in parts.items()}
    return (total / base).round(6), lost


PREFIXES = {"engagement_score": ("score_", "engagement_lost_"), "health_score": ("health_", "health_lost_")}
"""Score -> prefix of its parts' columns, and of the columns with the points each part costs."""


def with_parts(rows: ir.Table, product: Product) -> ir.Table:
    """Add the parts of both scores, 0 to 100.

    A part is null where its input is absent, or the account neither pays nor is on trial. Where admins are
    known and none was ever active, the days since the last one count from the account's first covered day.
    A renewal costs points only while it is near and use falls; without a known renewal ahead, or a known
    trend while one is near, the part is absent.
    """
    near = rows.renewal_at < rows.close + ibis.interval(days=product.churn.renewal_days)
    trend = rows.usage_trend_30
    fall = ibis.cases((trend < 0, -trend), (trend >= 0, 0.0))
    inputs = {
        "engagement_score": {
            "session_frequency": rows.session_frequency,
            "feature_breadth": rows.feature_breadth,
            "licence_utilisation": rows.licence_utilisation,
            "integrations": rows.integration_count,
        },
        "health_score": {
            "activation": rows.setup_completion_rate,
            "core_value_usage": rows.core_value_usage,
            "usage_trend": rows.usage_trend_30,
            "active_users": rows.licence_utilisation,
            "admin_activity": rows.admin_quiet_days,
            "feature_adoption": rows.feature_breadth,
            "support": rows.tickets_open + 2 * rows.escalations.fill_null(0),
            "renewal": ibis.cases((near, fall), (~near, 0.0)),
        },
    }
    null = ibis.null("float64")
    parts = {}
    for score, values in inputs.items():
        for part, value in values.items():
            line = getattr(getattr(product, score), part).line
            parts[f"{PREFIXES[score][0]}{part}"] = rows.live.ifelse(scale(value, line), null)
    return rows.mutate(**parts)


def with_score(
    rows: ir.Table, name: str, definition: EngagementScore | HealthScore, bands: Bands
) -> ir.Table:
    """Add a score to its parts.

    Args:
        rows: The result of `with_parts`.
        name: `engagement_score` or `health_score`.
        definition: Weights.
        bands: Edges of the bands.

    Returns:
        `rows` with the score (null where no part has a value), the points each part costs, the band
        (`engagement_band`, `health_band`), and `<name>_missing`: the parts without input, comma separated.
    """
    part_prefix, lost_prefix = PREFIXES[name]
    weights = {part: getattr(definition, part).weight for part in type(definition).model_fields}
    parts = {part: rows[f"{part_prefix}{part}"] for part in weights}
    score, lost = weighted(parts, weights)
    absent = [value.isnull().ifelse(f"{part}, ", "") for part, value in parts.items()]
    missing = sum(absent[1:], absent[0]).re_replace(", $", "").nullif("")
    return rows.mutate(
        **{
            name: score,
            f"{name}_missing": rows.live.ifelse(missing, ibis.null("string")),
            name.replace("score", "band"): band(score, bands),
        },
        **{f"{lost_prefix}{part}": value for part, value in lost.items()},
    )


def band(score: ir.FloatingColumn, bands: Bands) -> ir.StringColumn:
    """healthy above the upper edge, at risk between the edges (both inclusive), churn risk below."""
    return ibis.cases(
        (score > bands.healthy, "healthy"),
        (score >= bands.at_risk, "at risk"),
        (score.notnull(), "churn risk"),
    )


def with_change(rows: ir.Table, name: str, parts: tuple[str, ...]) -> ir.Table:
    """Add `<name>_change` (points against the month before) and `<name>_change_cause`: the part whose points
    lost changed most in the direction of the change.

    Args:
        rows: `account_id`, `month`, the score and the points each part costs.
        name: `engagement_score` or `health_score`.
        parts: Parts of the score.
    """
    lost_prefix = PREFIXES[name][1]
    by_month = ibis.window(group_by="account_id", order_by="month")
    gains = {part: rows[f"{lost_prefix}{part}"] for part in parts}
    rows = rows.mutate(
        **{f"{name}_change": rows[name] - rows[name].lag().over(by_month)},
        **{
            f"_gain_{part}": (lost.lag().over(by_month) - lost).fill_null(0.0) for part, lost in gains.items()
        },
    )
    change = rows[f"{name}_change"]
    moved = {part: (change < 0).ifelse(-rows[f"_gain_{part}"], rows[f"_gain_{part}"]) for part in parts}
    most = ibis.greatest(*moved.values())
    cause = ibis.cases(*[((change != 0) & (most > 0) & (moved[part] == most), part) for part in parts])
    return rows.mutate(**{f"{name}_change_cause": cause}).drop(*[f"_gain_{part}" for part in parts])
