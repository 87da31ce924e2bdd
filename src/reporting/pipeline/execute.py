"""Run notebooks with Papermill, two at a time, each in a kernel of its own."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers

from reporting.pipeline.auditcopy import tidy, write
from reporting.pipeline.kernels import Forkserver
from reporting.pipeline.limits import WORKERS, Watch
from reporting.pipeline.nbfile import read_file
from reporting.pipeline.parameters import Notebook

ANSI = re.compile(r"\x1b\[[0-9;]*m")
ENDED = "SystemExit: the notebook ended itself here"
FRAME = re.compile(r"File (\S+?):(\d+)(?:, in ([^\n(]+))?")

logging.getLogger("papermill").setLevel(logging.CRITICAL)  # failures are reported by us, once


@dataclass(frozen=True)
class Failure:
    """Where and why a notebook stopped.

    Attributes:
        cell: Number among the notebook's code cells, from 1; 0 before the first.
        line: The cell's first line of code.
        error: The error's name and message, a few lines at most.
        frame: The innermost place in a file, `path:line in function`, or an empty string.
    """

    cell: int
    line: str
    error: str
    frame: str = ""


@dataclass(frozen=True)
class Executed:
    """An executed notebook, whole or up to its failure.

    Attributes:
        path: The audit copy.
        seconds: Wall-clock time, kernel start included.
        cells: Seconds of each cell.
        warnings: What it wrote to standard error, a line each.
    """

    notebook: Notebook
    path: Path
    seconds: float
    cells: list[float]
    warnings: list[str]
    failure: Failure | None


@dataclass
class _Progress:
    """What Papermill's hooks saw: the live notebook, and the cell it is at."""

    notebook: NotebookNode | None = None
    at: int = -1

    def printed(self) -> int:
        """Characters that the cell has printed."""
        cells = self.notebook.cells[self.at : self.at + 1] if self.notebook and self.at >= 0 else []
        return sum(len(output.get("text", "")) for cell in cells for output in [*cell.get("outputs", [])])


def execute(
    notebooks: Mapping[str, Notebook],
    parameters: Mapping[str, Mapping[str, Any]],
    out: Path,
    forkserver: Forkserver,
    on_cell: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> list[Executed]:
    """Execute `notebooks` in folder `out` and write `out/<name>.ipynb` for each.

    A notebook that fails doesn't stop the others; its copy holds what it did until then, with the error.

    Args:
        parameters: Notebook -> parameter -> value, injected after the `parameters` cell.
        forkserver: Where the kernels come from.
        on_cell: Told, from another thread, of each cell that ends: notebook, cells done, cells in all.
    """
    out.mkdir(parents=True, exist_ok=True)
    workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="notebook")
    try:
        futures = [
            workers.submit(execute_one, notebook, dict(parameters.get(name, {})), out, forkserver, on_cell)
            for name, notebook in notebooks.items()
        ]
        wait(futures)
        return [future.result() for future in futures]
    except BaseException:
        workers.shutdown(wait=False, cancel_futures=True)
        forkserver.close()  # the kernels end, and with them the threads that wait for them
        raise
    finally:
        workers.shutdown()


def execute_one(
    notebook: Notebook,
    parameters: dict[str, Any],
    out: Path,
    forkserver: Forkserver,
    on_cell: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> Executed:
    """Execute one notebook as `execute` does; folder `out` is there already."""
    progress = _Progress()
    source = read_file(notebook.path)
    total = len(source.cells) + bool(parameters)
    started = time.perf_counter()

    def begin(notebook: NotebookNode) -> None:
        progress.notebook = notebook

    def start(cell: NotebookNode, cell_index: int) -> None:
        progress.at = cell_index
        on_cell(notebook.name, cell_index, total)

    failure, watch = None, Watch(forkserver.limits, progress.printed)
    try:
        with closing(ensure_event_loop()):  # this thread's, which Papermill's client would leave open
            papermill.execute_notebook(
                source,
                None,  # saved once, below: Papermill would write the file at every cell
                parameters,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                kernel_manager_class=forkserver.manager(watch.begin),
                iopub_timeout=10,  # seconds, in which what a cell printed is read after it has ended
                record_timing=False,
                coalesce_streams=True,
                shutdown_kernel="immediate",
                resources={"metadata": {"path": str(out)}},
                on_notebook_start=begin,
                on_cell_start=start,
            )
    except PapermillExecutionError as error:
        told = ENDED if error.ename == "SystemExit" else f"{error.ename}: {error.evalue}"
        failure = _failure(progress, told, error.traceback)
    except DeadKernelError:
        failure = _failure(progress, watch.reason or forkserver.limits.died(), [])
    except Exception as error:  # a cell that can't be sent, no kernel: the siblings go on
        told = f"{type(error).__name__}: {error}"
        if progress.at < 0:
            told = f"its kernel didn't start: {told}\n{forkserver.limits.scarce()}"
        failure = _failure(progress, watch.reason or told, [])
    finally:
        watch.end()
    seconds = round(time.perf_counter() - started, 3)
    on_cell(notebook.name, total, total)
    executed = progress.notebook if progress.notebook is not None else source
    failure = failure or _stopped_early(executed, progress)
    cells = [cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in executed.cells]
    path = out / f"{notebook.name}.ipynb"
    write(tidy(executed), path)
    return Executed(notebook, path, seconds, cells, _standard_error(executed), failure)


def _stopped_early(executed: NotebookNode, progress: _Progress) -> Failure | None:
    """Papermill takes `exit()` for a good end, and leaves the remaining cells out."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return _failure(progress, ENDED, output.traceback)
    return None


def _failure(progress: _Progress, error: str, traceback: list[str]) -> Failure:
    cells = remove_error_markers(progress.notebook).cells if progress.notebook is not None else []
    code = [
        cell
        for cell in cells[: progress.at + 1]
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    source = code[-1].source.strip() if code else ""
    frames = FRAME.findall(ANSI.sub("", "\n".join(traceback or [])))
    path, number, function = frames[-1] if frames else ("", "", "")
    frame = f"{path}:{number}" + (f" in {function.strip()}" if function else "") if path else ""
    lines = [line for line in ANSI.sub("", error).strip().splitlines() if line.strip()]
    return Failure(len(code), source.split("\n", 1)[0], "\n".join(line[:300] for line in lines[:4]), frame)


def _standard_error(executed: NotebookNode) -> list[str]:
    return [
        line
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
        for line in output.text.strip().splitlines()
    ]
