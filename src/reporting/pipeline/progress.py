"""Tell how a run goes: bars on a terminal, plain lines in a log."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

LINE_SECONDS = 10
"""How often a log is told how far a step of many parts is."""


class Reporter:
    """Shows the steps of a run and keeps their times.

    Attributes:
        seconds: Step -> wall-clock seconds.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def quiet(self) -> Reporter:
        """One that tells nothing, and keeps times of its own."""
        return Reporter(Console(quiet=True))

    def say(self, text: str) -> None:
        """One line of plain text."""
        clock = f"[{time.perf_counter() - self._started:6.1f} s] " if not self._console.is_terminal else ""
        self._console.print(f"{clock}{text}", markup=False, highlight=False, soft_wrap=True)

    @contextlib.contextmanager
    def step(self, name: str, text: str) -> Generator[Callable[[str, int, int], None]]:
        """A step of the run.

        Args:
            name: Key of its time in `seconds`.
            text: What it does, for the reader.

        Yields:
            `tick(part, done, total)`, to be called as a part of the step goes on; from any thread.
        """
        began = time.perf_counter()
        with self._bars(text) if self._console.is_terminal else self._lines(text) as tick:
            yield tick
        self.seconds[name] = round(time.perf_counter() - began, 3)

    @contextlib.contextmanager
    def counted(self, name: str, text: str, total: int) -> Generator[Callable[[int], None]]:
        """A step of so many equal parts: one line that says how many are done, and how long the rest takes.

        Args:
            name: Key of its time in `seconds`.
            text: What it does, for the reader.
            total: The number of parts.

        Yields:
            `tick(failed)`, to be called once for each part that ends, with how many have failed until then.
        """
        began = time.perf_counter()
        done, told = 0, began

        def line(failed: int) -> str:
            rest = (time.perf_counter() - began) / done * (total - done)
            ahead = f", about {_duration(rest)} left" if done < total else ""
            return f"{text}: {done} of {total}{ahead}" + (f", {failed} failed" if failed else "")

        with contextlib.ExitStack() as stack:
            status = stack.enter_context(self._console.status(text)) if self._console.is_terminal else None

            def tick(failed: int) -> None:
                nonlocal done, told
                done += 1
                if status:
                    status.update(line(failed))
                elif done in (1, total) or time.perf_counter() - told >= LINE_SECONDS:
                    told = time.perf_counter()
                    self.say(line(failed))

            yield tick
        self.seconds[name] = round(time.perf_counter() - began, 3)

    @contextlib.contextmanager
    def _lines(self, text: str) -> Generator[Callable[[str, int, int], None]]:
        self.say(text)

        def tick(part: str, done: int, total: int) -> None:
            if done == total:
                self.say(f"  {part} done")

        yield tick

    @contextlib.contextmanager
    def _bars(self, text: str) -> Generator[Callable[[str, int, int], None]]:
        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            whole = progress.add_task(text, total=None)
            parts: dict[str, TaskID] = {}

            def tick(part: str, done: int, total: int) -> None:
                if part not in parts:
                    parts[part] = progress.add_task(f"  {part}", total=total)
                progress.update(parts[part], completed=done, total=total)

            yield tick
            progress.update(whole, total=1, completed=1)


def _duration(seconds: float) -> str:
    """`40 s`, `3 min`."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
