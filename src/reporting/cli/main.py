"""The commands together, their common options, and what happens to an error."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from reporting import __version__
from reporting.cli import begin, check, compare, dbt, ending, make, show
from reporting.cli.common import Settings
from reporting.errors import ReportingError
from reporting.pipeline.disk import disk_full, no_files, no_memory, not_allowed
from reporting.secrets import hidden

SIGNALLED = 128  # exit codes above it: a signal's number is added
CTRL_C = 130  # what typer makes of it
BROKEN_OFF = "Broken off. What was half-made is removed; what was published before stays."

typer_app = typer.Typer(
    name="reporting",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (begin, make, check, compare, show, dbt):
    module.register(typer_app)


def _version(asked: bool) -> None:
    """Print the version and end, before a project or a command is looked for."""
    if asked:
        print(f"reporting {__version__}")
        raise typer.Exit


@typer_app.callback()
def common(
    context: typer.Context,
    project: Annotated[
        Path, typer.Option(help="Folder with notebooks/, params/ and reports/.", file_okay=False)
    ] = Path("."),
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Reproducible monthly customer-success reports.

    Exit codes: 0 good, 1 a failure, finding or difference, 2 wrong usage, parameters or data.
    """
    context.obj = Settings(project.resolve(), debug, tuple(context.obj or ()))


def run(arguments: list[str]) -> int:
    """Run the command line `arguments` and return the exit code; errors are printed, not raised."""
    debug = "--debug" in arguments  # wherever it stands
    arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        with ending.temporary_folder():
            code = int(typer_app(arguments, prog_name="reporting", standalone_mode=False, obj=arguments) or 0)
        sys.stdout.flush()
        return _tell(BROKEN_OFF, code, False) if code == CTRL_C else code
    except BrokenPipeError:  # of what is printed without the console
        ending.unread()
        return 0
    except (Exception, SystemExit) as error:
        if number := ending.received():
            return _tell(BROKEN_OFF, SIGNALLED + number, False)
        return int(error.code or 0) if isinstance(error, SystemExit) else _told(error, debug)


def _told(error: Exception, debug: bool) -> int:
    if isinstance(error, ReportingError):
        return _tell(str(error), error.exit_code, debug)
    # Wrong usage, found by the argument parser; its errors are told by what they can, not by a class.
    if hasattr(error, "show") and hasattr(error, "exit_code"):
        error.show()  # ty: ignore[not-callable]
        return error.exit_code  # ty: ignore[invalid-explicit-return]
    if full := disk_full(error, Path("reports"), Path("build")):
        return _tell(str(full), full.exit_code, debug)
    if known := no_memory(error) or no_files(error) or not_allowed(error):
        return _tell(str(known), known.exit_code, debug)
    message = f"{type(error).__name__}: {error}\n  -> This is a fault in the program."
    return _tell(message, 1, debug, hint=True)


def _tell(message: str, code: int, debug: bool, *, hint: bool = False) -> int:
    if debug:
        print(hidden(traceback.format_exc()), file=sys.stderr, end="")
    elif hint:
        message += " `reporting --debug ...` shows where."
    console = Console(stderr=True)
    console.print("Error:", style="bold red", end=" ")
    console.print(hidden(message), markup=False, highlight=False, soft_wrap=True)
    sys.stderr.flush()
    return code
