"""From a snapshot to everything a month shows: the part that a run and its audit share."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reporting.errors import NotebookFailed, SourceError
from reporting.metrics.registry import REPORTS
from reporting.month import Month
from reporting.pipeline.draft import APPENDIX
from reporting.pipeline.execute import Executed, execute
from reporting.pipeline.exports import write_exports
from reporting.pipeline.kernels import Forkserver
from reporting.pipeline.manifest import NAME, Manifest
from reporting.pipeline.parameters import SNAPSHOT, Notebook
from reporting.pipeline.progress import Reporter
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.site import MEETING
from reporting.present.brand import Brand
from reporting.present.locale import writing_as

if TYPE_CHECKING:
    from reporting.pipeline.render.accounts import AccountPages
    from reporting.snapshot.frozen import Snapshot

READING_ORDER = REPORTS
PROJECT = "quarto"
"""The folder in `build/<source>/<month>/` of a Quarto project that is kept."""
WORKBOOK = "Workbook: lists, accounts, figures, bridge, cohorts, definitions (Excel)"
FOR_MEETING = {"Slides (PowerPoint)": "*.pptx", "Executive brief (Word)": "*.docx"}
ABBREVIATIONS = {"mrr": "MRR", "grr": "GRR", "nrr": "NRR"}


def judged(snapshot: Snapshot, reporter: Reporter) -> None:
    """Decide what several reports say, and freeze it beside the snapshot."""
    from reporting.analysis.judgement import FOLDER, Judgement

    with reporter.step("judgement", "Judging the accounts"):
        folder = snapshot.path.parent / FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        Judgement(snapshot).write(folder)


def run_notebooks(
    stage: Path,
    notebooks: Mapping[str, Notebook],
    parameters: Mapping[str, Mapping[str, Any]],
    forkserver: Forkserver,
    reporter: Reporter,
) -> list[Executed]:
    """Execute `notebooks` over `stage/snapshot` into `stage/notebooks`.

    The snapshot is named relative to the notebook, so that the copies run again wherever the folder lies.
    """
    given = {
        name: ({SNAPSHOT: "../snapshot"} if SNAPSHOT in notebook.parameters else {}) | dict(parameters[name])
        for name, notebook in notebooks.items()
    }
    number = "one notebook" if len(notebooks) == 1 else f"{len(notebooks)} notebooks, two at a time"
    with reporter.step("notebooks", f"Running {number}") as tick:
        return execute(notebooks, given, stage / "notebooks", forkserver, tick)


def require_success(executed: list[Executed], notebooks: Path) -> None:
    """Name every notebook that failed.

    Args:
        notebooks: Folder of the half-executed copies, for the message.

    Raises:
        NotebookFailed: At least one did.
    """
    failed = [result for result in executed if result.failure]
    if not failed:
        return
    lines = []
    for result in failed:
        failure = result.failure
        assert failure is not None
        lines.append(f"  {result.notebook.name}, code cell {failure.cell}: {failure.line}")
        lines += [f"    {line}" for line in failure.error.splitlines()]
        lines += [f"    at {failure.frame}"] if failure.frame else []
        lines.append(f"    kept as far as it came: {notebooks / result.path.name}")
    number = "a notebook" if len(failed) == 1 else f"{len(failed)} notebooks"
    others = len(executed) - len(failed)
    raise NotebookFailed(
        f"{number} failed ({others} of {len(executed)} ran through); nothing was published.\n"
        + "\n".join(lines),
        remedy="Open the kept copy in JupyterLab (`make lab`): it runs there on the same snapshot.",
    )


def context_of(manifest: Manifest, brand: Brand) -> RunContext:
    """What the pages say about the run."""
    return RunContext(
        source=manifest.inputs.source,
        title=manifest.title,
        month=Month.parse(manifest.inputs.month),
        run_id=manifest.run_id,
        snapshot_hash=manifest.snapshot,
        brand=brand,
        warnings=manifest.findings.get("warning", 0),
    )


def make_site(
    stage: Path,
    executed: list[Executed],
    context: RunContext,
    renderer: str,
    slides: bool,
    reporter: Reporter,
    keep: Path | None = None,
) -> None:
    """Derive documents and data files from executed notebooks and render the month's pages into `stage`.

    Args:
        slides: Whether the month is told in slides as well.
        keep: Folder to leave Quarto's project in.
    """
    from reporting.pipeline.derive import derive
    from reporting.pipeline.render.published_project import write_published_project
    from reporting.pipeline.slides import write_slides
    from reporting.pipeline.terms import terms
    from reporting.pipeline.workbook import write_workbook
    from reporting.snapshot.frozen import Snapshot

    front = {"month": context.month.label, "company": context.company, "run-id": context.run_id}
    with reporter.step("render", "Rendering HTML and PDF"):
        write_exports((result.path for result in executed), stage / "data")
        snapshot = Snapshot.load(stage / "snapshot")
        write_workbook(stage / "data", context, snapshot.product)
        words = terms(snapshot.product)
        made = derive([result.path for result in executed], stage / "documents", front, words)
        write_published_project(stage / "documents", sorted(made, key=_reading_order), context)
        if slides:
            write_slides(_documents(stage), stage / MEETING, context, snapshot.currency, snapshot.product)
        render_month(stage, context, renderer, keep)


def render_month(folder: Path, context: RunContext, renderer: str, keep: Path | None = None) -> None:
    """Render the documents in `folder`, with links to the data, the manifest and the executed notebooks.

    Args:
        keep: Folder to leave Quarto's project in.
    """
    from reporting.pipeline.render import render_site
    from reporting.pipeline.render.site import CSV

    data = folder / "data"
    titled = [(title, path) for title, kind in FOR_MEETING.items() for path in (folder / MEETING).glob(kind)]
    titled += [(WORKBOOK, path) for path in data.glob("*.xlsx")]
    titled += [(data_title(path.stem) + CSV, path) for path in sorted(data.glob("*.csv"))]
    companions = {title: path.relative_to(folder).as_posix() for title, path in titled}
    companions["Manifest: inputs, versions and hashes"] = NAME
    companions["All sources and months"] = "../" * (2 + context.source.count("/")) + "index.html"
    accounts = account_pages(folder / "snapshot")
    documents = _documents(folder)
    notebooks = sorted((folder / "notebooks").glob("*.ipynb"))
    context = replace(context, companions=companions, accounts=accounts)
    name = renderer.split()[0]  # a renderer's name, maybe with its version
    with writing_as(context.brand.locale):
        render_site(documents, folder, context, name, notebooks, keep)  # ty: ignore[invalid-argument-type]


def account_pages(snapshot: Path) -> AccountPages | None:
    """The pages of the accounts; None for a snapshot of an earlier version, which says less of them."""
    from reporting.pipeline.render.accounts import AccountPages
    from reporting.reports.account_pages import Told
    from reporting.snapshot.frozen import Snapshot

    try:
        Snapshot.load(snapshot)
    except SourceError:
        return None
    return AccountPages(Told(snapshot))


def data_title(stem: str) -> str:
    """A data file's name for a reader: `mrr_bridge` is `MRR bridge`."""
    title = " ".join(ABBREVIATIONS.get(word, word) for word in stem.split("_"))
    return title[:1].upper() + title[1:]


def _documents(folder: Path) -> list[Path]:
    """The derived documents of a month, in reading order."""
    return sorted((folder / "documents").glob("*.qmd"), key=_reading_order)


def _reading_order(document: Path) -> tuple[int, str]:
    """The shipped reports as a reader takes them, then others by name, the appendix last."""
    order = {name: place for place, name in enumerate(READING_ORDER)} | {APPENDIX: len(READING_ORDER) + 1}
    return order.get(document.stem, len(READING_ORDER)), document.stem
