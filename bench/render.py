"""Time to render five reports, HTML and PDF: ours, bare pandoc + Typst on the same documents, Quarto.

    python bench/render.py [a published month's folder]

Without a folder the documents of the tests are used: five reports, each six charts and six tables, one of
them of 60 rows. Every measurement is a process of its own, imports included, and the contestants take turns.
Quarto runs where it is installed.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

ROUNDS = 5


def embedded(folder: Path) -> None:
    """The reports with our renderer: pages, PDFs, copies to mail, front page; all links checked."""
    _site(folder, "embedded")


def embedded_with_notebooks(folder: Path) -> None:
    """The same and the reviewers' notebooks."""
    _site(folder, "embedded", sorted(folder.glob("notebooks/*.ipynb")))


def quarto(folder: Path) -> None:
    """The same reports as one Quarto project."""
    _site(folder, "quarto")


def _site(folder: Path, renderer: str, notebooks: list[Path] | None = None) -> None:
    from reporting.month import Month
    from reporting.pipeline.render import RunContext, render_site

    context = RunContext("demo", "Demo", Month(2026, 10), run_id="bench")
    render_site(sorted(folder.glob("documents/*.qmd")), folder, context, renderer, notebooks or [])


def bare(folder: Path) -> None:
    """What the engines alone need for HTML and PDF: no numbering, no callouts, no page template."""
    import pypandoc
    import typst

    pandoc = pypandoc.get_pandoc_path()

    def one(document: Path) -> None:
        for target in ("html", "typst"):
            made = document.with_suffix(f".{target}")
            command = [pandoc, "-s", "-f", "markdown-citations", "-t", target, document, "-o", made]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        typst.compile(str(made), output=str(document.with_suffix(".pdf")), root=str(document.parent))

    with ThreadPoolExecutor() as pool:
        list(pool.map(one, folder.glob("documents/*.qmd")))


CONTESTANTS = {
    "bare pandoc + Typst: HTML, PDF": bare,
    "embedded: HTML, PDF, copies to mail": embedded,
    "  and the reviewers' notebooks": embedded_with_notebooks,
    "Quarto: HTML, PDF, copies to mail": quarto,
}


def measured(name: str, folder: Path) -> tuple[float, float]:
    """Wall-clock and CPU seconds of one contestant, its imports and its children's work included."""
    with tempfile.TemporaryDirectory() as temporary:
        month = Path(shutil.copytree(folder, temporary, dirs_exist_ok=True))
        start, before = time.perf_counter(), sum(os.times()[:4])
        CONTESTANTS[name](month)
        return time.perf_counter() - start, sum(os.times()[:4]) - before


def prepare(folder: Path) -> None:
    """Put documents and executed notebooks into `folder`: those of the month named, else the tests'."""
    if len(sys.argv) > 1:
        for part in ("documents", "notebooks"):
            shutil.copytree(Path(sys.argv[1]) / part, folder / part)
        return
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests/pipeline/render"))
    from sample_month import TITLES, write

    from reporting.pipeline.derive import derive

    derive(write(folder / "notebooks", list(TITLES)), folder / "documents")


def main() -> None:
    from reporting.pipeline.render import find_quarto

    names = [name for name, run in CONTESTANTS.items() if run is not quarto or find_quarto()]
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    fresh = {"mp_context": multiprocessing.get_context("spawn"), "max_tasks_per_child": 1}
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, **fresh) as process:
        prepare(Path(folder))
        count = len(list(Path(folder).glob("documents/*.qmd")))
        print(f"{count} reports on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds")
        for _ in range(ROUNDS):
            for name in names:
                times[name].append(process.submit(measured, name, Path(folder)).result())
    wall = {name: statistics.median(wall for wall, _ in times[name]) for name in names}
    for name in names:
        best, cpu = min(times[name])[0], statistics.median(cpu for _, cpu in times[name])
        took = f"{wall[name]:6.2f} s median, {best:6.2f} s best of {ROUNDS}, {cpu:6.2f} s of CPU"
        print(f"{name:36} {took}, {wall[name] / wall[names[0]]:5.2f} x bare")


if __name__ == "__main__":
    main()
