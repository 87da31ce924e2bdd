"""Time to render five reports, HTML and PDF: ours, bare pandoc + Typst on the same documents, Quarto.

    python bench/render.py [folder with derived documents]

Without a folder the documents of the tests are used: five reports, each six charts and six tables, one of
them of 60 rows. Quarto runs where it is installed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import typst

from reporting.pipeline.derive import derive
from reporting.pipeline.render import find_quarto, render_site
from reporting.pipeline.render.pandoc import pandoc_path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/pipeline/render"))

from sample_month import TITLES, context, write


def timed(name: str, run: Callable[[], object], times: int) -> None:
    """Print wall-clock time and CPU time, children's included (the latter feels a busy machine less)."""
    wall, cpu = [], []
    for _ in range(times):
        start, before = time.perf_counter(), sum(os.times()[:4])
        run()
        wall.append(time.perf_counter() - start)
        cpu.append(sum(os.times()[:4]) - before)
    taken = f"{statistics.median(wall):6.2f} s median, {min(wall):6.2f} s best of {times}"
    print(f"{name:36} {taken}, {statistics.median(cpu):6.2f} s of CPU", flush=True)


def bare(documents: list[Path], out: Path) -> None:
    """What the engines alone need: no numbering, no callouts, no page template."""

    def one(document: Path) -> None:
        for target in ("html", "typ"):
            made = out / f"{document.stem}.{target}"
            command = [pandoc_path(), "-s", "-f", "markdown-citations", str(document), "-o", str(made)]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        source = document.with_suffix(".typ")
        source.write_text(made.read_text(encoding="utf-8"), encoding="utf-8")
        typst.compile(str(source), output=str(out / f"{document.stem}.pdf"), root=str(document.parent))

    with ThreadPoolExecutor() as pool:
        list(pool.map(one, documents))


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        notebooks: list[Path] = []
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], base / "documents")
            documents = sorted((base / "documents").glob("*.qmd"))
        else:
            notebooks = write(base / "notebooks", list(TITLES))
            documents = [derive(path, base / "documents") for path in notebooks]
        print(
            f"{len(documents)} reports on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True
        )
        render = partial(render_site, documents, base, context())
        timed("embedded: HTML, PDF, copies to mail", partial(render, "embedded"), 5)
        if notebooks:
            timed("  and the reviewers' notebooks", partial(render, "embedded", notebooks), 5)
        (base / "bare").mkdir()
        timed("bare pandoc + Typst: HTML, PDF", partial(bare, documents, base / "bare"), 5)
        if find_quarto():
            timed("Quarto, one project: HTML, PDF", partial(render, "quarto"), 2)


if __name__ == "__main__":
    main()
