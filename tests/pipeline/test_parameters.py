"""Notebook parameters are typed by their annotations and refused before anything runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reporting.errors import ConfigError, ParameterError
from reporting.pipeline.meant import meant_for
from reporting.pipeline.parameters import choose, find_notebooks, read_notebook
from reporting.pipeline.plan import Request, make_plan

PARAMS = Path("params/monthly.yml")
TYPED = """snapshot: str = "x"
top: int = 3  # rows
share: float = 0.5
deep: bool = False
name: str = "a"
plans: list[str] = ["basic"]
limits: dict[str, float] = {"basic": 1.0}
until: str | None = None
kind: Literal["logo", "money"] = "logo"
"""


@pytest.fixture
def notebooks(workshop):
    workshop.notebook("churn", "1", parameters=TYPED)
    workshop.notebook("cohorts", "1", parameters=None)
    return find_notebooks(workshop.root / "notebooks")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top", 12),
        ("share", 1),
        ("share", 0.25),
        ("deep", True),
        ("name", "12"),
        ("plans", []),
        ("plans", ["pro", "basic"]),
        ("limits", {"pro": 2}),
        ("until", None),
        ("until", "2026"),
        ("kind", "money"),
    ],
)
def test_a_value_of_the_declared_type_is_taken_as_it_is(notebooks, name, value):
    assert choose(notebooks, {"churn": {name: value}}, [], PARAMS)["churn"] == {name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top", "12"),
        ("top", True),
        ("top", 1.0),
        ("top", None),
        ("share", "0.5"),
        ("share", True),
        ("share", float("nan")),
        ("share", float("inf")),
        ("deep", 1),
        ("deep", "yes"),
        ("name", 12),
        ("plans", "basic"),
        ("plans", [1]),
        ("limits", {"pro": "2"}),
        ("until", 2026),
        ("kind", "seat"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(notebooks, name, value):
    with pytest.raises(ParameterError, match=name) as caught:
        choose(notebooks, {"churn": {name: value}}, [], PARAMS)
    assert f"reports.churn.{name}" in str(caught.value)


def test_settings_win_over_the_params_file_and_are_read_by_type(notebooks):
    settings = [
        "churn.top=7",
        "churn.name=12",
        "churn.plans=[pro, basic]",
        "churn.deep=true",
        "churn.name=a=b",
    ]
    chosen = choose(notebooks, {"churn": {"top": 5, "share": 0.1}}, settings, PARAMS)
    assert chosen["churn"] == {
        "top": 7,
        "share": 0.1,
        "name": "a=b",
        "plans": ["pro", "basic"],
        "deep": True,
    }
    assert chosen["cohorts"] == {}


@pytest.mark.parametrize(
    ("reports", "settings", "hint"),
    [
        ({"chrun": {"top": 1}}, [], "Did you mean 'churn'"),
        ({"chrun": {}}, [], "Did you mean 'churn'"),
        ({"churn": {"tpo": 1}}, [], "Did you mean 'top'"),
        ({}, ["churn.shares=1"], "Did you mean 'share'"),
        ({}, ["cohort.top=1"], "Did you mean 'cohorts'"),
        ({}, ["churn.top"], "--set notebook.parameter=value"),
        ({}, ["top=1"], "--set notebook.parameter=value"),
        ({}, ["churn.top=[1"], "can't be read"),
        ({}, ["churn.snapshot=/tmp"], "sets `snapshot` itself"),
        ({"cohorts": {"top": 1}}, [], "Its parameters: none"),
    ],
)
def test_what_is_unknown_is_refused_with_the_nearest_name(notebooks, reports, settings, hint):
    with pytest.raises(ParameterError) as caught:
        choose(notebooks, reports, settings, PARAMS)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("top = 3", "line 1: `top = 3` is not an annotated assignment"),
        ("a: int = 1\nimport os", "line 2"),
        ("top: int = len([])", "literal default"),
        ("top: Path = 3", "known type"),
        ("top: int = 'x'", "declared as int, found 'x'"),
        ("top: int = True", "declared as int, found True"),
        ("top: int =", "parameters cell, line 1"),
        ("top: int", "not an annotated assignment"),
    ],
)
def test_a_parameters_cell_that_is_not_typed_literals_is_refused(workshop, cell, hint):
    path = workshop.notebook("bad", parameters=cell)
    with pytest.raises(ParameterError) as caught:
        read_notebook(path)
    assert hint in str(caught.value)
    assert "bad.ipynb" in str(caught.value)


def test_reading_a_parameters_cell_runs_no_code(workshop):
    path = workshop.notebook("evil", parameters="a: int = __import__('os').system('touch /tmp/ran')")
    with pytest.raises(ParameterError, match="literal default"):
        read_notebook(path)


CODE = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
SOUND = {"cells": [CODE], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        3,
        {"cells": [CODE], "metadata": {}},
        SOUND | {"cells": 3},
        SOUND | {"cells": [None]},
        SOUND | {"metadata": []},
        SOUND | {"nbformat": 3},
        SOUND | {"nbformat": 9},
        SOUND | {"cells": [CODE | {"source": 7}]},
        SOUND | {"cells": [CODE | {"cell_type": "bogus"}]},
        SOUND | {"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "1"}]},
    ],
)
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(content))
    with pytest.raises(ParameterError, match="not a Jupyter notebook"):
        read_notebook(path)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"{", b"\xff\xfe\x00PNG", b"\x00" * 9])
def test_a_file_that_is_no_json_is_refused(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(ParameterError, match="not a Jupyter notebook"):
        read_notebook(path)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "link.ipynb").symlink_to("/nowhere.ipynb")
    for name in ("pipe", "folder", "link"):
        with pytest.raises(ParameterError, match="not a file"):
            read_notebook(tmp_path / f"{name}.ipynb")


def test_the_title_comes_from_the_metadata_else_from_the_name(workshop, tmp_path):
    path = workshop.notebook("churn_drivers")
    assert read_notebook(path).title == "Churn_drivers"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    assert read_notebook(path).title == "Churn drivers"


def test_a_name_that_no_published_file_may_have_is_refused_and_a_hidden_one_or_a_draft_is_not_run(workshop):
    workshop.notebook("mine", "1")
    workshop.notebook("._mine", "1")
    workshop.notebook("_draft", "1")
    assert list(find_notebooks(workshop.root / "notebooks")) == ["mine"]
    workshop.notebook("a\\b", "1")
    with pytest.raises(ParameterError, match="can't be that of a published file"):
        find_notebooks(workshop.root / "notebooks")


def for_sources(path: Path, sources: object) -> None:
    content = json.loads(path.read_text())
    content["metadata"]["reporting"]["sources"] = sources
    path.write_text(json.dumps(content))


def planned(workshop, **request) -> set[str]:
    return set(make_plan(workshop.project, Request(**request)).notebooks)


@pytest.fixture
def two_companies(workshop):
    """`ours` is meant for the source tiny, `theirs` for other, `all` for any."""
    tiny = workshop.root / "params" / "sources" / "tiny.yml"
    tiny.with_name("other.yml").write_text(tiny.read_text())
    workshop.notebook("all", "1")
    for_sources(workshop.notebook("ours", "1"), ["tiny"])
    for_sources(workshop.notebook("theirs", "1"), ["other"])
    return workshop


def test_a_notebook_runs_for_the_sources_that_it_is_meant_for(two_companies):
    assert planned(two_companies) == {"all", "ours"}
    assert planned(two_companies, source="other") == {"all", "theirs"}
    assert not make_plan(two_companies.project, Request()).partial
    assert make_plan(two_companies.project, Request(only=["ours"])).partial


def test_a_part_is_told_by_the_notebooks_of_its_whole(two_companies):
    notebooks = find_notebooks(two_companies.root / "notebooks")
    assert meant_for("tiny/per-owner/ben", notebooks).keys() == {"all", "ours"}


def test_parameters_of_a_notebook_meant_for_another_source_are_still_checked(two_companies):
    (two_companies.root / "params" / "monthly.yml").write_text(
        "source: tiny\nreports: {theirs: {top: 5}, all: {top: 4}}\n"
    )
    assert make_plan(two_companies.project, Request()).parameters == {"all": {"top": 4}, "ours": {}}
    with pytest.raises(ParameterError, match="Did you mean 'top'"):
        planned(two_companies, settings=["theirs.tpo=1"])


def test_a_notebook_meant_for_another_source_is_not_previewed(two_companies):
    with pytest.raises(ConfigError, match="the notebook theirs is meant for other, not for tiny"):
        planned(two_companies, only=["theirs"])
    assert planned(two_companies, only=["theirs"], source="other") == {"theirs"}


def test_a_source_without_any_notebook_is_refused(two_companies):
    (two_companies.root / "notebooks" / "all.ipynb").unlink()
    (two_companies.root / "notebooks" / "ours.ipynb").unlink()
    with pytest.raises(ConfigError, match="no notebook is meant for the source tiny"):
        planned(two_companies)


@pytest.mark.parametrize(
    ("sources", "hint"),
    [
        (["tinny"], "Did you mean 'tiny'"),
        ("tiny", "expected a list of names"),
        ([1], "expected a list of names"),
    ],
)
def test_sources_that_there_are_not_are_refused(workshop, sources, hint):
    for_sources(workshop.notebook("mine", "1"), sources)
    with pytest.raises(ParameterError, match=hint) as caught:
        planned(workshop)
    assert "mine.ipynb" in str(caught.value)


def test_a_notebook_without_a_parameters_tag_is_told_so(workshop):
    workshop.notebook("mine", "1")
    workshop.notebook("untagged", 'snapshot: str = "x"', parameters=None)
    with pytest.raises(ParameterError, match="no cell is tagged `parameters`") as caught:
        planned(workshop)
    assert "untagged.ipynb" in str(caught.value)
    assert planned(workshop, only=["mine"]) == {"mine"}
