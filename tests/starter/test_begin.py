"""`reporting init`: a project of one's own, from nothing that a clone has."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path

import pytest
import yaml

from reporting.errors import ConfigError
from reporting.params.product import load_product
from reporting.pipeline.parameters import find_notebooks
from reporting.pipeline.plan import Request, make_plan
from reporting.pipeline.project import Project
from reporting.sources.mapping import SourceFile, list_sources, load_mappings, load_source_file
from reporting.starter import origin
from reporting.starter.project import begin, shipped

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def package(monkeypatch):
    monkeypatch.setattr("reporting.starter.project.keep_package", lambda root: "wheels/the.whl")


def content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_a_project_can_run_the_demo_and_the_company_is_a_source(tmp_path):
    begun = begin(tmp_path / "new", "acme_eu")
    project = Project(tmp_path / "new")
    assert begun.project and begun.left == () and begun.data.is_dir()
    assert make_plan(project, Request()).source == "demo"
    assert list_sources(project.params_dir) == ["acme_eu", "demo"]
    file, path = load_source_file("acme_eu", project.params_dir)
    assert (file.title, file.connection.path) == ("Acme eu", "data/acme_eu")
    assert [mapping.table for mapping in load_mappings(file, path)] == ["accounts", "subscriptions", "events"]
    load_product(project.params_dir / "product.yml")
    assert find_notebooks(project.notebooks).keys() == find_notebooks(ROOT / "notebooks").keys()
    assert project.lock_file.read_bytes() == (ROOT / "requirements.lock").read_bytes()
    assert "PACKAGE := wheels/the.whl\n" in (project.root / "Makefile").read_text()
    assert not [name for name in content(project.root) if "ravenstack" in name or name.startswith("docs/pic")]


def test_a_second_company_is_added_to_a_project_and_touches_nothing(tmp_path):
    begin(tmp_path, "acme")
    before = content(tmp_path)
    assert not begin(tmp_path, "globex").project
    after = content(tmp_path)
    assert before.items() <= after.items()
    assert all(name.startswith("params/sources/globex") for name in after.keys() - before.keys())
    with pytest.raises(ConfigError, match=r"already there: params/sources/globex\.yml"):
        begin(tmp_path, "globex")
    assert content(tmp_path) == after


def test_a_file_that_stands_there_is_never_overwritten(tmp_path):
    (tmp_path / "Makefile").write_text("mine")
    with pytest.raises(ConfigError, match="already there: Makefile"):
        begin(tmp_path, "acme")
    assert content(tmp_path) == {"Makefile": b"mine"}


def test_the_readme_of_an_empty_repository_stays(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    assert begin(tmp_path, "acme").left == ("README.md",)
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.parametrize("name", ["demo", "_acme"])
def test_a_name_that_no_source_can_have_is_refused(tmp_path, name):
    with pytest.raises(ConfigError, match="can't be a company's name"):
        begin(tmp_path, name)


def test_a_preset_that_there_is_not_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(ConfigError, match="Did you mean 'stripe'"):
        begin(tmp_path, "acme", ["strype"])
    assert content(tmp_path) == {}


def test_all_that_is_copied_is_in_the_wheel():
    """The wheel's list in pyproject.toml names folders and files; what `init` copies must be among them."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    included = re.findall(r'^"(.+)" = "reporting/starter/shipped/(.+)"$', text, re.MULTILINE)
    assert all(origin == place for origin, place in included)
    from reporting.starter.project import COPIED

    for pattern in (*COPIED, "params/sources/_template.yml", "params/sources/_template/*"):
        for path in shipped().glob(pattern):
            name = path.relative_to(ROOT).as_posix()
            assert any(name == place or name.startswith(f"{place}/") for place, _ in included), name


def test_both_makefiles_know_the_same_commands():
    ours = (ROOT / "Makefile").read_text(encoding="utf-8")
    theirs = (ROOT / "src" / "reporting" / "starter" / "own" / "Makefile").read_text(encoding="utf-8")
    commands = re.compile(r"^([a-z-]+):.*## (.*)", re.MULTILINE)
    named = dict(commands.findall(theirs))
    assert named == {name: text for name, text in commands.findall(ours) if name in named}


class Installed:
    def __init__(self, said: dict | None) -> None:
        self.said = said

    def read_text(self, name: str) -> str | None:
        return None if self.said is None else json.dumps(self.said)


def kept(monkeypatch, root: Path, said: dict | None) -> str:
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Installed(said))
    return origin.keep_package(root)


def test_the_wheel_it_was_installed_from_is_kept(tmp_path, monkeypatch):
    wheel = tmp_path / "a b" / "x-1-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"wheel")
    said = {"url": wheel.as_uri(), "archive_info": {}}
    assert kept(monkeypatch, tmp_path, said) == "wheels/x-1-py3-none-any.whl"
    assert (tmp_path / "wheels" / wheel.name).read_bytes() == b"wheel"
    wheel.unlink()
    with pytest.raises(ConfigError, match="no longer there"):
        kept(monkeypatch, tmp_path, said)


def test_what_an_index_or_a_repository_gave_is_named(tmp_path, monkeypatch):
    assert kept(monkeypatch, tmp_path, None) == "customer-success-reports==0.1.0"
    git = {"url": "https://example.org/r.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    assert kept(monkeypatch, tmp_path, git) == "customer-success-reports@git+https://example.org/r.git@abc"
    assert content(tmp_path) == {}


def test_the_template_of_a_source_speaks_of_the_company(tmp_path):
    begin(tmp_path, "north-wind")
    text = (tmp_path / "params" / "sources" / "north-wind.yml").read_text(encoding="utf-8")
    assert "acme" not in text.lower() and "NORTH_WIND_DIR" in text
    assert SourceFile.model_validate(yaml.safe_load(text)).title == "North wind"
