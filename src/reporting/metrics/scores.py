"""Scores with their parts: every part is 0 to 100, and a part whose input is absent leaves its weight to the
others."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.params.product import Bands, EngagementScore, HealthScore, Line, Part, Product

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


def with_score(
    rows: ir.Table,
    name: str,
    definition: EngagementScore | HealthScore,
    inputs: dict[str, ir.Value],
    prefixes: tuple,
) -> ir.Table:
    """Add a score, its parts and the points each part costs.

    Args:
        rows: The panel.
        name: Column of the score; null where `rows.live` is false.
        definition: Weights and lines.
        inputs: Part -> the value its line scales.
        prefixes: Prefix of the parts' columns and of the points' columns.

    Returns:
        `rows` with `<name>`, `<part prefix><part>`, `<points prefix><part>`, and `<name>_missing`: the parts
        without input, comma separated, null if none is.
    """
    defined: dict[str, Part] = dict(definition)
    null = ibis.null("float64")
    parts = {part: rows.live.ifelse(scale(inputs[part], defined[part].line), null) for part in defined}
    rows = rows.mutate(**{f"{prefixes[0]}{part}": value for part, value in parts.items()})
    scaled = {part: rows[f"{prefixes[0]}{part}"] for part in defined}
    score, lost = weighted(scaled, {part: defined[part].weight for part in defined})
    absent = [value.isnull().ifelse(f"{part}, ", "") for part, value in scaled.items()]
    missing = sum(absent[1:], absent[0]).re_replace(", $", "").nullif("")
    return rows.mutate(
        **{name: score, f"{name}_missing": rows.live.ifelse(missing, ibis.null("string"))},
        **{f"{prefixes[1]}{part}": value for part, value in lost.items()},
    )


def band(score: ir.FloatingColumn, bands: Bands) -> ir.StringColumn:
    """healthy above the upper edge, at risk from the lower to the upper edge (both inclusive), else churn
    risk."""
    return ibis.cases(
        (score > bands.healthy, "healthy"),
        (score >= bands.at_risk, "at risk"),
        (score.notnull(), "churn risk"),
    )


def with_change(rows: ir.Table, name: str, lost_prefix: str, parts: tuple[str, ...]) -> ir.Table:
    """Add `<name>_change` (points against the month before) and `<name>_change_cause`: the part whose points
    lost changed most in the direction of the change."""
    by_month = ibis.window(group_by="account_id", order_by="month")
    gains = {
        part: rows[f"{lost_prefix}{part}"].lag().over(by_month) - rows[f"{lost_prefix}{part}"]
        for part in parts
    }
    rows = rows.mutate(
        **{f"{name}_change": rows[name] - rows[name].lag().over(by_month)},
        **{f"_gain_{part}": gain.fill_null(0.0) for part, gain in gains.items()},
    )
    change = rows[f"{name}_change"]
    moved = {part: (change < 0).ifelse(-rows[f"_gain_{part}"], rows[f"_gain_{part}"]) for part in parts}
    most = ibis.greatest(*moved.values())
    cause = ibis.cases(*[((change != 0) & (most > 0) & (moved[part] == most), part) for part in parts])
    return rows.mutate(**{f"{name}_change_cause": cause}).drop(*[f"_gain_{part}" for part in parts])


def with_scores(rows: ir.Table, product: Product) -> ir.Table:
    """Add engagement and health score with parts, points lost, band and change to the derived panel.

    Both are given for accounts that pay or are on trial. Where admins are known and none was ever active,
    the days since the last one count from the account's first covered day.
    """
    engagement = {
        "session_frequency": rows.session_frequency,
        "feature_breadth": rows.feature_breadth,
        "licence_utilisation": rows.licence_utilisation,
        "integrations": rows.integration_count,
    }
    rows = with_score(
        rows, "engagement_score", product.engagement_score, engagement, ("score_", "engagement_lost_")
    )
    rows = rows.mutate(engagement_band=band(rows.engagement_score, product.bands))
    rows = with_change(rows, "engagement_score", "engagement_lost_", ENGAGEMENT_PARTS)
    near = rows.renewal_at < rows.close + ibis.interval(days=product.churn.renewal_days)
    fall = ibis.greatest(-rows.usage_trend_30, 0.0)
    health = {
        "activation": rows.setup_completion_rate,
        "core_value_usage": rows.core_value_usage,
        "usage_trend": rows.usage_trend_30,
        "active_users": rows.licence_utilisation,
        "admin_activity": rows.admin_quiet_days,
        "feature_adoption": rows.feature_breadth,
        "support": rows.tickets_open + 2 * rows.escalations.fill_null(0),
        "renewal": near.ifelse(fall, 0.0),
    }
    rows = with_score(rows, "health_score", product.health_score, health, ("health_", "health_lost_"))
    rows = rows.mutate(health_band=band(rows.health_score, product.bands))
    return with_change(rows, "health_score", "health_lost_", HEALTH_PARTS)
