"""On companies whose definition is known: the demo's is found again, and RavenStack's lack of one is said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from reporting import demo
from reporting.cli.main import run
from reporting.params.product import Product, load_product

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

ROOT = Path(__file__).parents[2]


def suggested(root: Path, name: str) -> tuple[Product, str]:
    out = root / "params" / "product.new.yml"
    assert run(["--project", str(root), "suggest", "--source", name, "--out", str(out)]) == 0
    return load_product(out), out.read_text(encoding="utf-8")


@pytest.fixture
def root(tmp_path):
    shutil.copytree(ROOT / "params", tmp_path / "params")
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def test_the_definition_of_the_demo_is_found_again(root):
    found, _ = suggested(root, "demo")
    known = load_product(ROOT / "params" / "product.yml")
    kinds = ("core_features", "premium_features", "other_features", "value_events", "vanity_events")
    for key in kinds:
        assert set(getattr(found, key)) == set(getattr(known, key)), key
    for key in ("key_action", "import_events", "api_events", "activation_outcome", "rhythm", "plan_order"):
        assert getattr(found, key) == getattr(known, key), key
    assert list(found.onboarding_steps.values()) == list(known.onboarding_steps.values())
    assert (found.north_star.event, found.default_basis) == (known.north_star.event, known.default_basis)
    assert found.plan_seats == {plan.name: plan.seats_limit for plan in demo.product.PLANS[:2]}, (
        "sold out often"
    )


@pytest.mark.skipif("RAVENSTACK_DIR" not in os.environ, reason="RAVENSTACK_DIR is not set")
def test_where_nothing_stands_out_it_says_so(root):
    found, text = suggested(root, "ravenstack")
    assert len(found.core_features) == 10 and len(found.other_features) == 30
    for told in ("a choice among equals", "too few accounts left to tell who stays", "a guess: 50 % of the"):
        assert told in text
    assert (found.rhythm, found.plan_order) == ("weekly", ("Basic", "Pro", "Enterprise"))


def test_a_file_is_overwritten_only_when_asked(root, capfd):
    path = root / "params" / "product.yml"
    command = ["--project", str(root), "suggest", "--source", "demo", "--out", str(path)]
    before = path.read_text()
    assert run(command) == 2
    assert "already" in capfd.readouterr().err
    assert path.read_text() == before
    assert run([*command, "--overwrite"]) == 0
    assert path.read_text() != before
