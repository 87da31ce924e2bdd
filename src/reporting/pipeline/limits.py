"""What a notebook may take of time, memory and room, and who ends one that takes more."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reporting.params.monthly import Monthly

WORKERS = 2
"""Notebooks that run at the same time."""
OUTPUT = 64_000_000
"""Characters that a notebook may print."""
_CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Limits:
    """What one notebook may take.

    Attributes:
        minutes: Of wall-clock time, from the start of its kernel.
        gigabytes: Of memory; None is its share of what the machine, or the container, has.
    """

    minutes: float = 60.0
    gigabytes: float | None = None

    @classmethod
    def of(cls, monthly: Monthly) -> Limits:
        """Those of the params file."""
        return cls(monthly.notebook_minutes, monthly.notebook_gb)

    @property
    def memory(self) -> int:
        """Bytes of memory."""
        return int(self.gigabytes * 1e9) if self.gigabytes else _machine() // WORKERS

    def died(self) -> str:
        """What to say of a kernel that ended."""
        return (
            "the kernel died: its code ended it, or it needed more memory than the "
            f"{self.memory / 1e9:.1f} GB that a notebook may take (`notebook_gb` in the params file)"
        )

    def scarce(self) -> str:
        """What to say of a kernel that could not start."""
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return (
            f"it may lack open files (a process may have {files:,}; `ulimit -n`), memory (it may take "
            f"{self.memory / 1e9:.1f} GB; `notebook_gb` in the params file), processes or disk"
        )


class Watch:
    """Ends the kernel of one notebook when it takes more than it may.

    Attributes:
        reason: Why it was ended; None if it wasn't.
    """

    def __init__(self, limits: Limits, printed: Callable[[], int]) -> None:
        self.reason: str | None = None
        self._limits, self._printed, self._over = limits, printed, threading.Event()

    def begin(self, pid: int) -> None:
        """Watch the kernel `pid`, which leads a group of processes."""
        threading.Thread(target=self._look, args=[pid], name="watch", daemon=True).start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def _look(self, pid: int) -> None:
        end = time.monotonic() + 60 * self._limits.minutes
        while not self._over.wait(min(1.0, max(end - time.monotonic(), 0.0))):
            if time.monotonic() >= end:
                minutes = f"{self._limits.minutes:g} minutes (`notebook_minutes` in the params file)"
                self.reason = f"it took longer than {minutes} and was ended"
            elif self._printed() > OUTPUT:
                self.reason = f"it printed more than {OUTPUT:,} characters and was ended"
            if self.reason:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                return


def _machine() -> int:
    """Bytes of memory of the machine, or of the container if it may take less."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):
        return min(whole, int(_CGROUP.read_text()))
    return whole
