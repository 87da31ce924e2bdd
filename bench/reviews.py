"""Time and memory of account reviews: 200 in one call, against papermill, pandoc and Typst in a loop.

    python bench/reviews.py [number of reviews] [number in the loop]

Rests on the last published month of the demo (`make monthly-report`). The loop runs what a shell script
would: `papermill` with the account as parameter, pandoc from the notebook to HTML and to Typst, Typst to PDF.
It makes some of the reviews before the call and some after it, so that both meet the same machine; what one
review takes is compared, the call's start included. Kernels and pandoc are processes of their own: CPU time
and memory (each page counted once, PSS) are read from /proc ten times a second, of all processes below this.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent


class Meter:
    """Reads CPU time and memory of all processes below this one while it is open."""

    def __init__(self) -> None:
        self.cpu: dict[tuple[int, float], float] = {}
        self.memory: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._began = time.perf_counter()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.seconds = time.perf_counter() - self._began

    def _watch(self) -> None:
        turn = 0
        while not self._over.wait(0.1):
            turn += 1
            memory = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    times = process.cpu_times()
                    self.cpu[process.pid, process.create_time()] = times.user + times.system
                    memory += process.memory_full_info().pss if turn % 10 == 0 else 0
                except psutil.Error:
                    continue
            if memory:
                self.memory.append((time.perf_counter() - self._began, memory / 1e6))

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())


def measured(work: Callable[[], object]) -> Meter:
    with Meter() as meter:
        work()
    return meter


def one_call(accounts: list[str]) -> None:
    """`reporting account-review A0001 A0002 ...`"""
    command = [sys.executable, "-m", "reporting.cli", "--project", ROOT, "account-review", *accounts]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def loop(accounts: list[str], month: Path, out: Path) -> None:
    """The same notebook for each account, by the engines' own commands."""
    import pypandoc
    import typst

    pandoc = pypandoc.get_pandoc_path()
    for account in accounts:
        executed = out / f"{account}.ipynb"
        given = ["-p", "account", account, "-p", "snapshot", str(month / "snapshot")]
        command = [SCRIPTS / "papermill", ROOT / "notebooks/account_review.ipynb", executed, *given]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        for target in ("html", "typst"):
            made = executed.with_suffix(f".{target}")
            extract = f"--extract-media={account}"
            command = [pandoc, "-s", executed, "-t", target, extract, "-o", made]
            subprocess.run(command, check=True, cwd=out, stderr=subprocess.DEVNULL)
        typst.compile(str(made), output=str(executed.with_suffix(".pdf")), root=str(out))


def main() -> None:
    import pandas as pd

    many, few = (int(given) for given in (*sys.argv[1:], *("200", "8")[len(sys.argv) - 1 :]))
    month = max((ROOT / "reports/demo").glob("????-??"))
    accounts = list(pd.read_parquet(month / "judgement/accounts.parquet")["account_id"])[:many]
    print(f"{many} reviews of {month.name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        before = measured(lambda: loop(accounts[: few // 2], month, out))
        call = measured(lambda: one_call(accounts))
        after = measured(lambda: loop(accounts[few // 2 : few], month, out))
    each = (before.seconds + after.seconds) / few
    cpu = (before.cpu_seconds + after.cpu_seconds) / few
    halves = [[m for t, m in call.memory if (t < call.seconds / 2) == first] for first in (True, False)]
    print(f"loop      {each:6.2f} s a review ({few} of them), {cpu:5.2f} s of CPU")
    print(
        f"one call  {call.seconds / many:6.2f} s a review, {call.cpu_seconds / many:5.2f} s of CPU; ", end=""
    )
    print(f"{call.seconds:.0f} s for {many} where the loop would take {each * many / 60:.0f} min")
    wall, effort = each * many / call.seconds, cpu * many / call.cpu_seconds
    print(f"          {wall:.1f} times as fast, {effort:.1f} by CPU")
    peak = max(m for _, m in call.memory)
    print(f"memory    {peak:.0f} MB at most, median of first and second half: ", end="")
    print(" and ".join(f"{statistics.median(half):.0f} MB" for half in halves))


if __name__ == "__main__":
    main()
