"""What the papers name exists: files, make targets, versions of ours and of Python."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

import reporting
from reporting.analysis.facts import DERIVED
from reporting.params.playbook import shipped
from reporting.suggest.decide import DAILY, DENIED, GRANTED, LATER, MONTHLY, OFTEN, WEEKLY, decide
from reporting.suggest.measure import Measured, Use
from reporting.suggest.page import write_page
from reporting.suggest.sums import EARLY, NAMES, ONBOARDING, STAYED

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAPERS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
GUIDES = (*PAPERS, *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("paper", PAPERS)
def test_links_lead_to_files(paper):
    for link in re.findall(r"\]\((?!https:)([^)#]+)", text(paper)):
        assert (ROOT / link).exists(), link


def test_paths_named_in_the_guide_exist():
    for path in re.findall(r"`((?:[a-z_]+/)+(?:\w+\.\w+)?)`", text("CONTRIBUTING.md")):
        made = path.startswith("build/")  # by a command, not there yet in a fresh clone
        assert made or (ROOT / path).exists() or (ROOT / "src" / "reporting" / path).exists(), path


def test_the_version_is_one_and_the_changelog_knows_it():
    assert PROJECT["version"] == reporting.__version__
    assert f"## [{PROJECT['version']}]" in text("CHANGELOG.md")
    assert "## [Unreleased]" in text("CHANGELOG.md")


@pytest.mark.parametrize("guide", GUIDES)
def test_make_targets_named_in_the_guides_exist(guide):
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))
    named = re.findall(r"(?:`|^ {4})make ([a-z][a-z-]*)", text(guide), re.M)
    assert set(named) <= targets, set(named) - targets


def test_python_versions_are_those_that_may_be_installed():
    allowed = SpecifierSet(PROJECT["requires-python"])
    told = [line.rsplit(" ", 1)[-1] for line in PROJECT["classifiers"] if "Python :: 3." in line]
    assert told and all(version in allowed for version in told)


def test_the_guide_to_the_playbook_has_every_shipped_rule_and_column():
    guide = (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8")
    for rule in shipped():
        assert f"| `{rule.id}` | {rule.stance} |" in guide, rule.id
        assert rule.action in guide, rule.id
    for column, meaning in DERIVED.items():
        assert f"| `{column}` | {meaning} |" in guide, column


def test_the_guide_to_the_product_definition_has_what_is_proposed_and_by_which_limits():
    guide = text("docs/product.md")
    shown = proposed_keys()
    assert all(f"`{key}`" in guide for key in shown), shown
    limits = [
        f"up to {DAILY} daily, {WEEKLY} weekly, {MONTHLY:g} monthly",
        f"at most {DENIED * 100:g} %",
        f"at least {GRANTED * 100:g} %",
        f"{LATER} days after the first",
        f"at least {OFTEN} times as often",
        f"the {NAMES} that most",
        f"within {ONBOARDING} days",
        f"within {EARLY} days",
        f"after {STAYED}",
    ]
    for limit in limits:
        assert limit in guide, limit


def proposed_keys() -> list[str]:
    """Keys of a proposed definition, but for the scores, which are not proposed."""
    use = Use("work", 9, 9, None, dt.date(2025, 1, 1), dt.date(2025, 1, 2), 1.0, 1.0, 1.0)
    page = yaml.safe_load(write_page(decide(Measured((use,), 1, 7.0, "user", (), (), ())), "acme"))
    return [key for key in page if not key.endswith("_score")]
