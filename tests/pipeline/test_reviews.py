"""Account reviews beside a published month: whose, what is written, what a failure leaves, the cluster."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import pypdf
import pytest
from rich.console import Console
from tests.seven_accounts import company

from reporting.analysis.judgement import FOLDER, Judgement
from reporting.errors import AuditDifference, ConfigError, NotebookFailed
from reporting.month import Month
from reporting.pipeline.history import Run, runs
from reporting.pipeline.manifest import Inputs, Manifest, inventory
from reporting.pipeline.parameters import find_notebooks
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.reviews import produce as reviews
from reporting.pipeline.reviews.choose import choose
from reporting.pipeline.reviews.cluster import made_on
from reporting.pipeline.reviews.produce import Asked
from reporting.reports.account_pages.verdict import STANCES
from reporting.snapshot.frozen import Snapshot

__all__ = ["company"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(workshop, company, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project in which the company of seven accounts has published February 2026."""
    notebook = ROOT / "notebooks" / "account_review.ipynb"
    (workshop.root / "notebooks" / notebook.name).write_bytes(notebook.read_bytes())
    month = workshop.root / "reports" / "tiny" / "2026-02"
    month.mkdir(parents=True)
    company().rename(month / "snapshot")
    snapshot = Snapshot.load(month / "snapshot")
    Judgement(snapshot).write(month / FOLDER)
    made_from = Inputs("tiny", "2026-02", snapshot.identity, "c" * 64, "none", "b", "embedded", {}, {}, {})
    Manifest(
        made_from, "Tiny Ltd", snapshot.hash, sources=[], findings={}, versions={}, outputs=inventory(month)
    ).write(month)
    return workshop.project


def published(project: Project) -> Run:
    (run,) = runs(project)
    return run


def make(project: Project, **asked: Any) -> list[Path]:
    reporter = Reporter(Console(file=StringIO()))
    return reviews.produce(project, published(project), Asked(**asked), reporter)


def ids(project: Project, *accounts: str, stance: str | None = None, owner: str | None = None) -> list[str]:
    snapshot = project.published("tiny", Month(2026, 2)) / "snapshot"
    return [one.account for one in choose(snapshot, accounts, stance, owner)]


def test_accounts_are_named_or_those_of_a_stance_or_an_owner(project):
    verdicts = Judgement(Snapshot.load(published(project).folder / "snapshot")).accounts
    assert ids(project, "c", "a", "c") == ["c", "a"], "each once, as they were named"
    for stance in verdicts["stance"].unique():
        assert ids(project, stance=stance) == list(verdicts.index[verdicts["stance"] == stance])
    assert ids(project, stance="left") == ["c"]
    owner = verdicts["owner"].iloc[0]
    assert set(ids(project, owner=owner)) >= set(verdicts.index[verdicts["owner"] == owner])
    both = ids(project, stance="rescue", owner=owner)
    assert both == [id for id in ids(project, stance="rescue") if id in ids(project, owner=owner)]


def test_what_is_asked_for_must_be_there(project):
    with pytest.raises(ConfigError, match="say whose review is wanted"):
        ids(project)
    with pytest.raises(ConfigError, match="say whose review is wanted"):
        ids(project, "a", stance="rescue")
    with pytest.raises(ConfigError, match=r"no stance 'rescu'\. Did you mean 'rescue'"):
        ids(project, stance="rescu")
    with pytest.raises(ConfigError, match="no owner 'Nobody Known'"):
        ids(project, owner="Nobody Known")
    empty = next(name for name in STANCES if name not in ("left",) and not _has(project, name))
    with pytest.raises(ConfigError, match="no account of February 2026 is of that stance"):
        ids(project, stance=empty)


def _has(project: Project, stance: str) -> bool:
    try:
        return bool(ids(project, stance=stance))
    except ConfigError:
        return False


def test_reviews_stand_beside_the_month_and_leave_it_alone(project):
    run = published(project)
    before = inventory(run.folder)
    pages = make(project, accounts=["g", "c"])
    out = project.build("tiny", Month(2026, 2)) / "reviews"
    assert pages == [out / "g.html", out / "c.html"]
    assert "&lt;b&gt;Gate&lt;/b&gt; | *x* $1" in pages[0].read_text()
    assert "<b>Gate" not in pages[0].read_text()
    assert 1 <= len(pypdf.PdfReader(out / "g.pdf").pages) <= 2
    executed = nbformat.read(out / "notebooks" / "g.ipynb", as_version=4)
    assert (out / "notebooks" / executed.cells[1].source.split('"')[1]).resolve() == run.folder / "snapshot"
    assert inventory(run.folder) == before
    assert [found.name for found in runs(project)] == ["2026-02"]
    again = {path: path.read_bytes() for path in out.rglob("*.*")}
    make(project, accounts=["g", "c"])
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == again


def test_one_that_fails_is_told_at_the_end_and_the_others_stand(project):
    path = project.notebooks / "account_review.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(3, nbformat.v4.new_code_cell('assert account != "c", "not this one"', id="stop"))
    nbformat.write(notebook, path)
    out = project.build("tiny", Month(2026, 2)) / "reviews"
    out.mkdir(parents=True)
    (out / "run.txt").write_text("another run\n")
    (out / "old.html").write_text("of another run of the month")
    with pytest.raises(NotebookFailed, match=r"1 of 3 reviews failed(?s:.*)c: code cell 4, .*not this one"):
        make(project, accounts=["a", "c", "g"])
    assert {path.name for path in out.glob("*.html")} == {"a.html", "g.html"}
    assert (out / "notebooks" / "c.ipynb").is_file()


def test_a_month_that_was_altered_or_never_judged_is_not_reviewed(project):
    run = published(project)
    (run.folder / FOLDER / "accounts.parquet").write_bytes(b"altered")
    with pytest.raises(AuditDifference, match="not as they were published"):
        make(project, accounts=["a"])
    for path in (run.folder / FOLDER).iterdir():
        path.unlink()
    Manifest.read(run.folder)
    with pytest.raises(ConfigError, match="published without verdicts"):
        reviews._require_judged(run)


def test_the_notebook_of_an_account_is_none_of_the_months(project):
    (project.notebooks / "mine.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()))
    assert list(find_notebooks(project.notebooks)) == ["mine"]


def test_dask_is_needed_only_where_it_is_asked_for(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match="Dask isn't installed"):
        list(made_on("tcp://127.0.0.1:1", reviews._job(project, published(project)), []))


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A Dask scheduler with two worker processes on loopback; its address."""
    pytest.importorskip("distributed", reason="needs Dask: make setup-servers")
    dask = [sys.executable, "-m", "dask"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    alone = ["--host", "127.0.0.1", "--no-dashboard"]
    commands = [
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"]
    ]
    commands += [[*dask, "worker", address, *alone, "--nthreads", "1"]] * 2
    processes = []
    for command in commands:
        log = subprocess.DEVNULL
        processes.append(subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log))
    try:
        _wait_for_workers(address, 2)
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _wait_for_workers(address: str, many: int) -> None:
    from distributed import Client

    with Client(address, timeout=60) as client:
        client.wait_for_workers(many, timeout=60)


@pytest.mark.server
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_makes_the_same_bytes(project, scheduler, monkeypatch):
    out = project.build("tiny", Month(2026, 2)) / "reviews"
    make(project, accounts=["a", "g", "c"])
    here = {path.relative_to(out): path.read_bytes() for path in out.rglob("*.*")}
    shutil.rmtree(out)
    make(project, accounts=["a", "g", "c"], dask=scheduler)
    assert {path.relative_to(out): path.read_bytes() for path in out.rglob("*.*")} == here
    monkeypatch.setattr("reporting.pipeline.reviews.cluster.SECONDS", 1)
    with pytest.raises(ConfigError, match="no Dask scheduler answers"):
        make(project, accounts=["a"], dask="tcp://127.0.0.1:1")
