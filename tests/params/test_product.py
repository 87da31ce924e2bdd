"""The product definition: what ships is valid, what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reporting.errors import ConfigError
from reporting.params.product import Product, load_product

PARAMS = Path(__file__).parents[2] / "params"
FILES = sorted(PARAMS.glob("product*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_that_ship_are_valid_and_survive_a_round_trip(path):
    product = load_product(path)
    assert Product.model_validate(product.model_dump(mode="json")) == product


def changed(tmp_path: Path, **changes) -> Path:
    data = yaml.safe_load((PARAMS / "product.yml").read_text())
    for key, value in changes.items():
        node = data
        *way, last = key.split("__")
        for part in way:
            node = node[part]
        node[last] = value
    path = tmp_path / "product.yml"
    path.write_text(yaml.safe_dump(data))
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"core_feature": ["x"]}, "unknown key 'core_feature'. Did you mean 'core_features'"),
        ({"activation__value_day": 3}, "unknown key 'activation.value_day'. Did you mean 'value_days'"),
        ({"churn__fall": 25}, "churn.fall: input should be less than or equal to 1"),
        ({"rhythm": "hourly"}, "rhythm: input should be 'daily', 'weekly', 'monthly' or 'quarterly'"),
        ({"premium_features": ["data_import"]}, "a feature stands in one list only; twice: data_import"),
        ({"vanity_events": ["login", "workflow_run"]}, "a vanity event can't be a feature or a value event"),
        ({"engagement_score__integrations__weight": 0.5}, "the weights must sum to 1, they sum to 1.3"),
        ({"bands": {"healthy": 40, "at_risk": 70}}, "`at_risk` must lie below `healthy`"),
        ({"health_score__support__line": {"zero": 1, "full": 1}}, "`zero` and `full` must differ"),
        ({"expansion__team_weight": 0.9}, "the weights must sum to 1"),
    ],
)
def test_mistakes_are_named_with_their_key(tmp_path, changes, message):
    with pytest.raises(ConfigError) as caught:
        load_product(changed(tmp_path, **changes))
    assert message in str(caught.value)


def test_bits_of_the_feature_bitmap_follow_core_premium_other():
    product = load_product(PARAMS / "product.yml")
    assert product.features == (*product.core_features, *product.premium_features, *product.other_features)
    assert set(product.onboarding_steps.values()) <= product.named_events


@pytest.mark.parametrize(
    ("rhythm", "silences"),
    [("daily", (15, 30)), ("weekly", (15, 30)), ("monthly", (64, 129)), ("quarterly", (195, 390))],
)
def test_silences_are_stretched_with_the_period_of_a_slower_rhythm(rhythm, silences):
    """15 and 30 days of a week of 7: 64.3 and 128.6 of a month of 30, 195 and 390 of a quarter of 91."""
    product = load_product(PARAMS / "product.yml").model_copy(update={"rhythm": rhythm})
    assert (product.check_in_days, product.high_risk_days) == silences


def test_a_threshold_left_out_is_the_one_of_the_main_file():
    data = yaml.safe_load((PARAMS / "product.yml").read_text())
    blocks = ("bands", "activation", "adoption", "engagement", "lifecycle", "revenue", "verdict", "churn")
    for name in (*blocks, "expansion"):
        model = Product.model_fields[name].annotation
        assert model() == model.model_validate(data[name]), name


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "when: {last_active_days: '=> 5'}",
            "rule 'mine', column 'last_active_days': there is no operator '=>'",
        ),
        (
            "when: {tasks: '> bands.helthy'}",
            "threshold of the product definition. Did you mean 'bands.healthy'?",
        ),
        ("skip: maybe", "playbook.0.skip"),
    ],
)
def test_a_rule_that_can_t_be_read_is_told_without_the_whole_definition(tmp_path, rule, message):
    path = tmp_path / "product.yml"
    shipped = (PARAMS / "product.yml").read_text(encoding="utf-8")
    mine = f"playbook:\n  - {{id: mine, stance: rescue, action: Call, {rule}}}\n"
    path.write_text(shipped.replace("playbook: []\n", mine))
    with pytest.raises(ConfigError) as refused:
        load_product(path)
    text = str(refused.value)
    assert text.startswith(str(path)) and message in text
    assert len(text) < 400
