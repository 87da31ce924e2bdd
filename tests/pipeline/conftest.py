"""A small project: notebooks that need nothing, a frozen snapshot, and a source that hands it out."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console

from reporting.month import Month
from reporting.params.product import load_product
from reporting.pipeline.plan import Request, make_plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.run import run
from reporting.snapshot.frozen import SCHEMA, Snapshot

PARAMETERS = 'snapshot: str = "nowhere"  # set by the pipeline\ntop: int = 3\nname: str = "a"'
MONTH = Month(2026, 10)
PRODUCT = Path(__file__).parents[2] / "params" / "product.yml"


@dataclass(frozen=True)
class Workshop:
    """Writes the parts of a small project under `root`."""

    root: Path

    @property
    def project(self) -> Project:
        return Project(self.root)

    def notebook(self, name: str, *cells: str, parameters: str | None = PARAMETERS) -> Path:
        """A notebook with a title, a parameters cell and the code cells given."""
        tag = {"tags": ["parameters"]}
        head = [new_code_cell(parameters, metadata=tag, id="p")] if parameters else []
        body = [new_code_cell(source, id=f"c{number}") for number, source in enumerate(cells)]
        notebook = new_notebook(cells=[*head, new_markdown_cell("## A section", id="m"), *body])
        notebook.metadata.kernelspec = {
            "name": "somebody-elses",
            "display_name": "Mine",
            "language": "python",
        }
        notebook.metadata.reporting = {"title": name.capitalize()}
        path = self.root / "notebooks" / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    def snapshot(self, folder: Path, mrr: float = 100.0) -> Snapshot:
        """A snapshot that holds one figure and one warning."""
        folder.mkdir(parents=True, exist_ok=True)
        portfolio = pd.DataFrame(
            {"month": [pd.Timestamp(MONTH.start)], "metric": ["mrr"], "value": [mrr]},
        )
        portfolio.to_parquet(folder / "portfolio_month.parquet")
        pd.DataFrame({"severity": ["warning"], "message": ["late"]}).to_parquet(folder / "findings.parquet")
        meta = {
            "schema": SCHEMA,
            "title": "Tiny Ltd",
            "month": str(MONTH),
            "currency": "USD",
            "product": load_product(PRODUCT).model_dump(mode="json"),
            "sources": [{"name": "events.csv", "sha256": "0" * 64, "rows": 3}],
            "hash": f"{mrr}".encode().hex().ljust(64, "0"),
        }
        (folder / "meta.json").write_text(json.dumps(meta))
        return Snapshot.load(folder)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A project folder with params and no notebooks yet."""
    for name in ("notebooks", "params/sources", "reports"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "params" / "monthly.yml").write_text("source: tiny\n")
    source = "title: Tiny Ltd\nconnection: {kind: csv, path: data}\n"
    (tmp_path / "params" / "sources" / "tiny.yml").write_text(source)
    shutil.copy(PRODUCT, tmp_path / "params" / "product.yml")
    (tmp_path / "requirements.lock").write_text("pandas==3\n")
    return Workshop(tmp_path)


@pytest.fixture
def tiny_source(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Puts a source whose snapshot is ready in the place of engine, metrics and judgement, without accounts;
    `mrr` is its one figure."""
    state = SimpleNamespace(mrr=100.0)

    class Source:
        def last_month(self) -> Month:
            return MONTH

        def require_month(self, month: Month) -> None:
            pass

        def __enter__(self) -> Source:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def freeze(source, project, plan, month, out, reporter):
        return workshop.snapshot(out, state.mrr)

    def judge(_: object, folder: Path) -> None:
        folder.mkdir()
        (folder / "meta.json").write_text("{}\n")

    monkeypatch.setattr("reporting.analysis.judgement.Judgement.write", judge)
    monkeypatch.setattr("reporting.pipeline.produce.account_pages", lambda _: None)
    monkeypatch.setattr("reporting.sources.open_source", lambda *_: Source())
    monkeypatch.setattr("reporting.pipeline.run.freeze", freeze)
    # Tests may run while the package is being edited; its hash is tested on its own.
    monkeypatch.setattr("reporting.pipeline.inputs.code_hash", lambda: "c" * 64)
    return state


@pytest.fixture
def publish(workshop, tiny_source):
    """Run the workshop's project."""

    def publish(**request):
        plan = make_plan(workshop.project, Request(**({"renderer": "embedded"} | request)))
        return run(workshop.project, plan, Reporter(Console(file=StringIO())))

    return publish


@pytest.fixture
def month(workshop) -> Path:
    """Where the workshop's month is published."""
    return workshop.root / "reports" / "tiny" / "2026-10"


@pytest.fixture
def copy_of(tmp_path_factory: pytest.TempPathFactory):
    """Copy a folder, to look at it after it has gone."""

    def copy(folder: Path) -> Path:
        return Path(shutil.copytree(folder, tmp_path_factory.mktemp("copy") / folder.name))

    return copy
