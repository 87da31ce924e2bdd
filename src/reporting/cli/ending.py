"""How a command ends that is broken off, or that nobody reads any more, and what it leaves."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

from rich.console import Console

from reporting.errors import ConfigError
from reporting.scratch import own_folder

_PREFIX = "reporting-run-"
_received: list[int] = []


def listen() -> None:
    """End in good order at Ctrl-C, at `kill`, and when the terminal goes, unless `nohup` started us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def received() -> int | None:
    """The signal that asked to end; an engine whose query it broke off raises an error of its own."""
    return _received[0] if _received else None


def _end(number: int, _: object) -> None:
    _received.append(number)
    sys.exit(128 + number)


class Output(Console):
    """A console whose reader may go away, as in `reporting list | head`: the work goes on, unread."""

    def on_broken_pipe(self) -> None:
        """Write no more."""
        self.quiet = True
        unread()


def unread() -> None:
    """Send what is still written nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def temporary_folder() -> Generator[None]:
    """A folder for all that this process and those it starts hold for a while, and the home of a user who has
    none, as a container's may: Jupyter and matplotlib want one.

    Raises:
        ConfigError: There is no place for it.
    """
    before = {name: os.environ.get(name) for name in ("TMPDIR", "HOME")}
    default = tempfile.tempdir
    try:
        held = own_folder(Path(tempfile.gettempdir()), _PREFIX, f"{_PREFIX}*")
        folder = held.__enter__()
    except OSError as error:
        raise ConfigError(
            f"there is no folder for temporary files: {error.strerror or error}.",
            remedy="Set TMPDIR to a folder that you may write to.",
        ) from None
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    if os.path.expanduser("~") == "~":
        os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = default
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        held.__exit__(None, None, None)
