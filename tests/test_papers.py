"""What the papers name exists: files, make targets, the version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import reporting

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAPERS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("paper", PAPERS)
def test_links_lead_to_files(paper):
    for link in re.findall(r"\]\((?!https:)([^)#]+)", text(paper)):
        assert (ROOT / link).exists(), link


def test_paths_named_in_the_guide_exist():
    for path in re.findall(r"`((?:[a-z_]+/)+(?:\w+\.\w+)?)`", text("CONTRIBUTING.md")):
        assert (ROOT / path).exists() or (ROOT / "src" / "reporting" / path).exists(), path


def test_the_version_is_one_and_the_changelog_knows_it():
    assert PROJECT["version"] == reporting.__version__
    assert f"## [{PROJECT['version']}]" in text("CHANGELOG.md")
    assert "## [Unreleased]" in text("CHANGELOG.md")
