"""Chosen notebooks are published apart: the whole month stays what it was."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from reporting.errors import ConfigError, UsageError
from reporting.pipeline.audit import audit
from reporting.pipeline.history import find_run, runs
from reporting.pipeline.manifest import inventory
from reporting.pipeline.plan import Request, make_plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.rebuild import from_sources
from reporting.pipeline.run import run

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
SETS = "source: acme\nnotebooks:\n  board: [second]\n  empty: []\n  typo: [secnd]\n  ../x: [second]\n"


@pytest.fixture
def project(acme) -> Project:
    notebooks = acme / "notebooks"
    (notebooks / "second.ipynb").write_text((notebooks / "my_report.ipynb").read_text())
    (acme / "params" / "monthly.yml").write_text(SETS)
    return Project(acme)


def publish(project: Project, **request) -> Path:
    plan = make_plan(project, Request(renderer="embedded", **request))
    return run(project, plan, Reporter(Console(file=StringIO()))).folder


def test_a_set_is_published_beside_the_whole_month_listed_and_audited(project):
    whole = publish(project)
    before = inventory(whole)
    board = publish(project, notebooks="board")
    assert board == project.reports / "acme" / "sets" / "board" / "2026-10"
    assert [path.stem for path in (board / "notebooks").glob("*.ipynb")] == ["second"]
    assert inventory(whole) == before
    assert [found.source for found in runs(project)] == ["acme", "acme/sets/board"]
    assert 'href="acme/sets/board/2026-10/index.html"' in (project.reports / "index.html").read_text()
    found, quiet = find_run(project, "acme/sets/board", "2026-10"), Reporter(Console(quiet=True))
    result = audit(project, found, quiet)
    assert (result.passed, result.changed) == (True, [])
    assert from_sources(project, found, quiet).same


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"notebooks": "bord"}, r"no set of notebooks 'bord'\. Did you mean 'board'"),
        ({"notebooks": "empty"}, r"monthly\.yml: notebooks\.empty: the set holds no notebook"),
        ({"notebooks": "typo"}, r"notebooks\.typo: there is no notebook 'secnd'\. Did you mean 'second'"),
        ({"notebooks": "../x"}, "the name of a set is that of a folder"),
        ({"notebooks": "board", "only": ["second"]}, "together with --only"),
        ({"notebooks": "board", "per": "owner"}, "together with --per"),
    ],
)
def test_a_set_that_can_t_be_published_is_refused_before_anything_runs(project, request_, message):
    with pytest.raises(UsageError, match=message):
        make_plan(project, Request(**request_))


def test_without_sets_the_remedy_says_how_to_write_one(project):
    project.params.write_text("source: acme\n")
    with pytest.raises(ConfigError, match="Write one under `notebooks:`"):
        make_plan(project, Request(notebooks="board"))
