"""The `reporting` command."""

from __future__ import annotations

import os
import sys

PINNED = {"PYTHONHASHSEED": "0", "TZ": "UTC", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def app() -> None:
    """Run the command line and exit: 0 is good, 1 a failure, finding or difference, 2 wrong usage."""
    if any(os.environ.get(name) != value for name, value in PINNED.items()):
        # Hash order and time zone are fixed when Python starts, and must not show in the reports.
        os.execve(
            sys.executable, [sys.executable, "-m", "reporting.cli", *sys.argv[1:]], {**os.environ, **PINNED}
        )
    from reporting.cli.ending import listen

    listen()
    from reporting.cli.main import run

    sys.exit(run(sys.argv[1:]))
