"""From a snapshot to everything a month shows: the part that a run and its audit share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reporting.errors import NotebookFailed
from reporting.pipeline.execute import Executed, execute
from reporting.pipeline.exports import write_exports
from reporting.pipeline.kernels import Nursery
from reporting.pipeline.manifest import NAME
from reporting.pipeline.parameters import SNAPSHOT, Notebook
from reporting.pipeline.progress import Reporter
from reporting.pipeline.render.context import RunContext


def run_notebooks(
    stage: Path,
    notebooks: Mapping[str, Notebook],
    parameters: Mapping[str, Mapping[str, Any]],
    nursery: Nursery,
    reporter: Reporter,
) -> list[Executed]:
    """Execute `notebooks` over `stage/snapshot` into `stage/notebooks`.

    The snapshot is named relative to the notebook, so that the copies run again wherever the folder lies.
    """
    given = {
        name: ({SNAPSHOT: "../snapshot"} if SNAPSHOT in notebook.parameters else {}) | dict(parameters[name])
        for name, notebook in notebooks.items()
    }
    with reporter.step("notebooks", f"Running {len(notebooks)} notebooks, two at a time") as tick:
        return execute(notebooks, given, stage / "notebooks", nursery, tick)


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


def make_site(
    stage: Path, executed: list[Executed], context: RunContext, renderer: str, reporter: Reporter
) -> None:
    """Derive documents and data files from executed notebooks and render the month's pages into `stage`."""
    from reporting.pipeline.derive import derive
    from reporting.pipeline.render import render_site

    front = {"month": context.month.label, "company": context.company, "run-id": context.run_id}
    with reporter.step("render", "Rendering HTML and PDF"):
        copies = [result.path for result in executed]
        data = write_exports(copies, stage / "data")
        documents = [derive(path, stage / "documents", front) for path in copies]
        companions = {
            f"{path.stem.replace('_', ' ').capitalize()} (CSV)": f"data/{path.name}" for path in data
        }
        companions["Manifest: inputs, versions and hashes"] = NAME
        render_site(documents, stage, replace(context, companions=companions), renderer)
