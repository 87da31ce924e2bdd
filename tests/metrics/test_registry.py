"""Every metric leads somewhere, and its words are those of the product definition in force."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from reporting.contract import TABLES
from reporting.metrics import catalogue
from reporting.metrics.docs import metrics_page
from reporting.metrics.metric import keys_in
from reporting.metrics.reading import value_of
from reporting.metrics.registry import CHAPTERS, METRICS, REPORTS, unavailable
from reporting.params.product import Product, load_product

ROOT = Path(__file__).parents[2]


@cache
def shipped() -> Product:
    return load_product(ROOT / "params" / "product.yml")


def test_the_registry_holds_every_metric_of_every_chapter_once():
    modules = [import_module(f"{catalogue.__name__}.{m.name}") for m in iter_modules(catalogue.__path__)]
    assert sorted(metric.id for module in modules for metric in module.METRICS) == sorted(METRICS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_an_entry_is_complete(metric):
    assert metric.label and metric.definition.endswith(".") and metric.formula and metric.unit
    assert metric.levels and metric.chapter in CHAPTERS
    assert metric.reports and set(metric.reports) <= set(REPORTS)
    for need in metric.needs:
        table, _, column = need.partition(".")
        assert not TABLES[table].required or column, f"{need} is always there"
        assert not column or column in TABLES[table].names
    for key in metric.thresholds:
        value_of(shipped(), key)


def test_what_is_missing_is_named_as_table_or_as_column():
    everything = {
        name
        for table in TABLES.values()
        for name in (table.name, *(f"{table.name}.{c}" for c in table.names))
    }
    assert unavailable(everything) == {}
    without_users = {name for name in everything if not name.startswith("users")}
    gaps = unavailable(without_users)
    assert gaps["team_count"] == ["users"]
    assert gaps["invited_active_share"] == ["users"]
    assert "active_users" not in gaps
    assert unavailable(everything - {"events.user_id"})["active_users"] == ["events.user_id"]
    assert unavailable(without_users - {"events.user_id"})["active_users"] == ["users", "events.user_id"]
    assert unavailable(everything - {"users.team"})["cross_team_usage"] == ["users.team"]
    assert "mrr" not in unavailable({"accounts", "subscriptions", "events"})


# --- words and thresholds -----------------------------------------------------------------------------

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def words_of(metric) -> str:
    return f"{metric.definition} {metric.formula}"


def numbers_of(text: str) -> set[float]:
    """Numbers, also those in words, outside the templates."""
    plain = re.sub(r"{.*?}|`.*?`|\w*_\w*", "", text)
    found = {float(number) for number in re.findall(r"(?<![\w-])\d+(?:\.\d+)?", plain)}
    return found | {float(i) for i, word in enumerate(WORDS, 1) if re.search(rf"\b{word}\b", plain, re.I)}


def thresholds() -> dict[str, float]:
    """Every number of the product definition's chapters by its key."""
    chapters = {"bands", "activation", "adoption", "engagement", "lifecycle", "revenue", "churn", "expansion"}
    return {
        f"{chapter}.{key}": value
        for chapter in chapters
        for key, value in value_of(shipped(), chapter)
        if isinstance(value, int | float)
    }


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_no_threshold_is_typed_in(metric):
    """Neither those it rests on, as a number, a percentage or a word, nor days or shares of any other."""
    typed = numbers_of(words_of(metric))
    own = [key for key in metric.thresholds if isinstance(value_of(shipped(), key), int | float)]
    for key in own:
        value = value_of(shipped(), key)
        assert not typed & {value, 100 * value}, key
    for key, value in thresholds().items():
        told = rf"(?<!\d){100 * value:g}%" if 0 < value < 1 else rf"(?<!\d){value:g} days\b"
        assert not re.search(told, words_of(metric)) or f"_{value:g}" in metric.id, key


def test_other_thresholds_make_other_words():
    """Change one key at a time: whatever names it says the new value and no more the old one."""
    named: dict[str, list[str]] = {}
    for metric in METRICS.values():
        for key in keys_in(words_of(metric)):
            named.setdefault(key, []).append(metric.id)
    for key, value in thresholds().items():
        other = (
            0.77 if 0 < value < 1 else 69 if key == "bands.healthy" else 41 if key == "bands.at_risk" else 5
        )
        chapter, name = key.split(".")
        changed = shipped().model_copy(
            update={chapter: value_of(shipped(), chapter).model_copy(update={name: other})}
        )
        for id in named.get(key, ()):
            before, after = (words_of(METRICS[id].filled(product)) for product in (shipped(), changed))
            assert before != after, (key, id)
            assert (f"{100 * other:g}%" if 0 < value < 1 else f"{other:g}") in after, (key, id)


def test_healthy_from_75_on_leaves_no_70_on_any_page():
    bands = shipped().bands.model_copy(update={"healthy": 75.0})
    page = metrics_page(shipped().model_copy(update={"bands": bands}))
    assert "above 75" in page and re.search(r"\b70\b(?!%)", page) is None


def test_the_page_tells_every_metric_with_its_template_filled():
    page = metrics_page(shipped())
    assert page.count("\n### ") == len(METRICS)
    assert "{" not in page
