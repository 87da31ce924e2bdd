"""What is written runs as it is, whatever events, plans and roles are called."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.params.product import load_product
from reporting.suggest.decide import decide
from reporting.suggest.measure import Measured, Use
from reporting.suggest.page import label, percent, scalar, write_page
from reporting.suggest.plans import Plan

ROOT = Path(__file__).parents[2]
USE = Use("", 100, 10, None, dt.date(2025, 1, 1), dt.date(2025, 12, 31), 0.8, 0.8, 5.0, new=(9, 10), day=1.5)
EVIL = ["yes", "null", "- a", "a: b", "a #b", 'say "x"', "back\\slash", "line\nbroken: 1", "tab\t", "\u2028"]
EVIL += [
    "😀",
    " pad ",
    "{a}",
    "[a]",
    "*",
    "&a",
    "!x",
    "%d",
    "@",
    "`",
    "12",
    "1e3",
    "2025-01-01",
    "naïve",
    "\x07",
]


@given(st.text(min_size=1).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
@settings(max_examples=200, deadline=None)
def test_any_name_comes_back_from_one_line(name):
    written = scalar(name)
    assert len(written.splitlines()) == 1
    assert yaml.safe_load(f"- {written}  # told") == [name]
    assert yaml.safe_load(f"a: {{{written}: [{written}]}}") == {"a": {name: [name]}}


def measured(*names: str) -> Measured:
    plans = tuple(Plan(name, 9, float(number), 5, 9, 0.0) for number, name in enumerate(names))
    uses = tuple(replace(USE, name=name, by_plan={name: 0.5}) for name in names)
    return Measured(uses, len(uses) + 1, 7.0, "user", plans, names, tuple(f"{name} admin" for name in names))


def test_a_page_of_evil_names_is_a_definition(tmp_path):
    path = tmp_path / "product.yml"
    path.write_text(write_page(decide(measured(*EVIL)), "acme"), encoding="utf-8")
    product = load_product(path)
    assert set(EVIL) == product.named_events
    assert product.plan_order == tuple(EVIL)
    assert product.onboarding_steps.keys() <= {*EVIL, *map(label, EVIL)}


def test_steps_whose_words_are_the_same_keep_their_names(tmp_path):
    path = tmp_path / "product.yml"
    path.write_text(write_page(decide(measured("a_b", "a-b")), "acme"), encoding="utf-8")
    assert load_product(path).onboarding_steps == {"a-b": "a-b", "a_b": "a_b"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("workflow_run", "Workflow run"),
        ("$pageview", "Pageview"),
        ("reportMade", "Report made"),
        ("***", "***"),
    ],
)
def test_a_label_is_the_name_in_words(name, words):
    assert label(name) == words


@pytest.mark.parametrize(("share", "told"), [(0, "0 %"), (0.034, "3.4 %"), (0.1, "10 %"), (1, "100 %")])
def test_small_shares_keep_a_decimal(share, told):
    assert percent(share) == told


def test_the_scores_are_the_shipped_ones(tmp_path):
    path = tmp_path / "product.yml"
    path.write_text(write_page(decide(measured("work")), "acme"), encoding="utf-8")
    mine, shipped = load_product(path), load_product(ROOT / "params" / "product.yml")
    assert (mine.engagement_score, mine.health_score) == (shipped.engagement_score, shipped.health_score)
