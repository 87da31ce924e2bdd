"""Bounds of the product definition, at them and beside them, and the defaults of the metric catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from reporting.errors import ConfigError
from reporting.params.load import load_yaml
from reporting.params.monthly import Monthly
from reporting.params.product import Points, Product, load_product
from reporting.params.scores import Bands, Line, Part
from reporting.params.thresholds import (
    Activation,
    Adoption,
    Churn,
    Count,
    Days,
    Engagement,
    EventName,
    Expansion,
    Lifecycle,
    Revenue,
    Share,
)

SHIPPED = load_product(Path(__file__).parents[2] / "params" / "product.yml")

ACCEPTED = [
    (Share, [0, 0.5, 1], [-0.0001, 1.0001]),
    (Days, [1, 366], [0, 367, 1.5]),
    (Count, [1, 10_000], [0, -1]),
    (Points, [0, 0.5], [-0.0001]),
    (EventName, ["x"], [""]),
]


@pytest.mark.parametrize(("type", "good", "bad"), ACCEPTED)
def test_kinds_of_thresholds_hold_at_their_bounds(type, good, bad):
    adapter = TypeAdapter(type)
    assert [adapter.validate_python(value) for value in good] == good
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


LINE = Line(full=1)
FIELDS = [
    (Part, "weight", [0.0001, 1], [0, 1.0001], {"line": LINE}),
    (Engagement, "active_user_days", [1, 56], [0, 57], {}),
    (Engagement, "session_gap_minutes", [1, 720], [0, 721], {}),
    (Engagement, "a3x7_days", [1, 7], [0, 8], {}),
    (Revenue, "gross_margin", [0.0001, 1], [0, 1.0001], {}),
    (Expansion, "teams_full", [2, 9], [1], {}),
    (Expansion, "growth_full", [0.0001, 9], [0], {}),
    (Expansion, "premium_full", [0.0001, 1], [0, 1.0001], {}),
    (Bands, "at_risk", [69.9999], [70, 70.0001], {}),
    (Bands, "healthy", [40.0001], [40, 39.9999], {}),
    (Line, "zero", [0.9999, 1.0001], [1], {"full": 1}),
]


@pytest.mark.parametrize(("model", "name", "good", "bad", "other"), FIELDS)
def test_keys_hold_at_their_bounds(model, name, good, bad, other):
    for value in good:
        assert getattr(model(**other, **{name: value}), name) == value
    for value in bad:
        with pytest.raises(ValidationError):
            model(**other, **{name: value})


SMALL = 1e-10  # what sums of decimal fractions may be off by


@pytest.mark.parametrize(
    ("off", "fine"), [(0, True), (SMALL, True), (-SMALL, True), (1e-8, False), (-1e-8, False)]
)
def test_weights_sum_to_one(off, fine):
    scores = {"engagement_score": "integrations", "health_score": "support"}
    for score, part in scores.items():
        given = SHIPPED.model_dump(mode="json")
        given[score][part]["weight"] += off
        expect(lambda given=given: Product.model_validate(given), fine)
    expect(lambda: Expansion(limit_weight=0.15 + off), fine)


def expect(make, fine: bool) -> None:
    if fine:
        make()
    else:
        with pytest.raises(ValidationError, match="the weights must sum to 1"):
            make()


NEEDED = [
    "core_features",
    "value_events",
    "key_action",
    "onboarding_steps",
    "activation_outcome",
    "north_star",
]
NEEDED += ["engagement_score", "health_score"]


@pytest.mark.parametrize("name", NEEDED)
def test_a_product_names_what_it_is(name):
    given = SHIPPED.model_dump(mode="json")
    del given[name]
    with pytest.raises(ValidationError, match=rf"{name}\n +Field required"):
        Product.model_validate(given)


@pytest.mark.parametrize("name", ["core_features", "value_events", "onboarding_steps"])
def test_a_product_has_at_least_one_of_each(name):
    given = SHIPPED.model_dump(mode="json")
    given[name] = type(given[name])()
    with pytest.raises(ValidationError, match=name):
        Product.model_validate(given)


@pytest.mark.parametrize(
    ("vanity", "fine"),
    [("login", True), ("a core feature", False), ("a premium one", False), ("value", False)],
)
def test_vanity_counts_never_stand_for_value(vanity, fine):
    given = SHIPPED.model_dump(mode="json") | {
        "core_features": ["a core feature"], "premium_features": ["a premium one"],
        "other_features": ["another"], "value_events": ["value"], "vanity_events": [vanity],
    }  # fmt: skip
    if fine:
        assert Product.model_validate(given).vanity_events == (vanity,)
    else:
        with pytest.raises(
            ValidationError, match=f"a vanity event can't be a feature or a value event: {vanity}"
        ):
            Product.model_validate(given)


def test_every_list_of_events_is_named():
    given = SHIPPED.model_dump(mode="json") | {
        "core_features": ["1"], "premium_features": ["2"], "other_features": ["3"], "value_events": ["4"],
        "vanity_events": ["5"], "import_events": ["6"], "api_events": ["7"], "onboarding_steps": {"x": "8"},
        "event_points": {"9": 1}, "limit_events": ["10"], "key_action": "11", "activation_outcome": "12",
        "north_star": {"event": "13", "label": "x"},
    }  # fmt: skip
    assert Product.model_validate(given).named_events == {str(number) for number in range(1, 14)}


# The metric catalogue: what counts as a problem, a risk, good, where nothing else is declared.
DEFAULTS = [
    (Bands(), {"healthy": 70, "at_risk": 40}),
    (Activation(), {"value_days": 14, "onboarding_days": 30, "friction": 0.6, "invite_days": 30}),
    (Activation(), {"depth_days": 7, "depth_users": 2}),
    (Adoption(), {"breadth_risk": 0.3, "feature_good": 0.3, "feature_remove": 0.05}),
    (Adoption(), {"remove_after_months": 6, "many_users": 3}),
    (Engagement(), {"active_user_days": 30, "session_gap_minutes": 30, "a3x7_days": 3}),
    (Engagement(), {"session_frequency_risk": 3, "stickiness_good": 0.2, "stickiness_daily": 0.5}),
    (Engagement(), {"active_user_share_risk": 0.05, "check_in_days": 15, "high_risk_days": 30}),
    (Engagement(), {"key_action_days": 7, "tenure_new_days": 30, "tenure_long_days": 90}),
    (Engagement(), {"day1_retention": (0.2, 0.3), "month1_retention": 0.39}),
    (Lifecycle(), {"onboarding_days": 30, "adoption_days": 90}),
    (Revenue(), {"churn_good": 0.01, "churn_attention": 0.03, "churn_alarm": 0.05}),
    (Churn(), {"renewal_days": 90}),
    (Expansion(), {"offer_seats": 0.8}),
]


@pytest.mark.parametrize(("chapter", "values"), DEFAULTS, ids=lambda value: type(value).__name__)
def test_thresholds_are_those_of_the_catalogue(chapter, values):
    assert {name: getattr(chapter, name) for name in values} == values


@pytest.mark.parametrize(
    ("text", "month"), [("2026-01", "2026-01"), ("2026-12", "2026-12"), ("2026-00", None), ("2026-13", None)]
)
def test_a_month_has_twelve(tmp_path, text, month):
    path = tmp_path / "monthly.yml"
    path.write_text(f'month: "{text}"\n')
    if month:
        assert load_yaml(path, Monthly).month == month
    else:
        with pytest.raises(
            ConfigError, match=f"{path}:1: month: '{text}' is not a month, written as YYYY-MM"
        ):
            load_yaml(path, Monthly)


def test_what_is_asked_for_stays_as_it_is():
    with pytest.raises(ValidationError, match="frozen"):
        Monthly().source = "other"
