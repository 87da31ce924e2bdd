"""Quarto, where it is asked for: one project, rendered once, whole; the frame of the pages is ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from reporting.errors import ConfigError, RenderError
from reporting.pipeline.render import site
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.html import Body, parts_of
from reporting.pipeline.render.pages import write_pages
from reporting.pipeline.render.quarto_project import SITE, write_project

LEAST = (1, 9)
"""The version in which `pdf-standard`, the accessible PDF, came."""
_COMPLAINT = re.compile(r"\b(?:WARN(?:ING)?|ERROR)\b|\b(?:warning|error):")
_STEP = re.compile(r"\[ *\d+/\d+\] (.+)")  # the page that Quarto is at
_COMPILING = re.compile(r"\[typst\]: Compiling \S+ to \S+?\.pdf\.\.\.(?:DONE)?")
_OVER = re.compile(r"Stack trace:|Output created:|pandoc\b|metadata$")  # where a message has ended
_KIND = re.compile(r"^(?:(?:ERROR|error): )+")
_NO_VALIDATOR = "verapdf is not installed"  # Typst itself refuses a PDF that breaks the standard
_COLOR_CODES = re.compile(r"\x1b\[[0-9;]*m")


def find_quarto(*, required: bool = False) -> Path | None:
    """The `quarto` command from QUARTO_PATH (the command or its folder) or the PATH.

    Raises:
        ConfigError: QUARTO_PATH names no file, or Quarto is required and not found.
    """
    named = os.environ.get("QUARTO_PATH")
    if named:
        path = Path(named) / "quarto" if Path(named).is_dir() else Path(named)
        if path.is_file():
            return path
        raise ConfigError(f"QUARTO_PATH is {named}, where there is no quarto.", remedy="Correct or unset it.")
    found = shutil.which("quarto")
    if found is None and required:
        raise ConfigError(
            "quarto is not on the PATH.",
            remedy="Install Quarto, set QUARTO_PATH, or use the embedded renderer (--renderer embedded).",
        )
    return Path(found) if found else None


def quarto_version(quarto: Path) -> str:
    """The version of the command, if it is one that we can use.

    Raises:
        ConfigError: It is too old, or doesn't say.
    """
    try:
        asked = subprocess.run([quarto, "--version"], capture_output=True, text=True, check=False)
        said = asked.stdout.strip() or asked.stderr.strip()
    except OSError as error:
        said = str(error.strerror)
    number = re.match(r"(\d+)\.(\d+)", said)
    least = ".".join(map(str, LEAST))
    if number is None:
        problem = f"it should tell its version, and says: {said or 'nothing'}."
    elif (int(number[1]), int(number[2])) < LEAST:
        problem = f"Quarto {said} is too old: accessible PDFs came with {least}."
    else:
        return said
    raise ConfigError(
        problem,
        where=quarto,
        remedy=f"Install Quarto {least} or newer, or use the embedded renderer (--renderer embedded).",
    )


def render_quarto(
    quarto: Path,
    documents: Sequence[Document],
    out: Path,
    context: RunContext,
    notebooks: Collection[str],
    keep: Path | None = None,
) -> list[Path]:
    """Write each report as page, mailable file and PDF, and the front page; see `write_pages`.

    Args:
        quarto: The command.
        keep: Folder to leave the Quarto project in, also one that fails; None = it is thrown away.

    Raises:
        RenderError: Quarto failed or warned, with its words.
    """
    with _project(keep) as project:
        write_project(project, [site.front_page(documents, context), *documents], context)
        _run(quarto, project, context)
        made = project / SITE
        for document in documents:
            shutil.copyfile(made / f"{document.name}.pdf", out / f"{document.name}.pdf")

        def set_body(document: Document) -> Body:
            html = (made / f"{document.name}.html").read_text(encoding="utf-8")
            return parts_of(html, document, context.brand)

        return write_pages(documents, out, context, notebooks, set_body)


@contextmanager
def _project(keep: Path | None) -> Generator[Path]:
    """An empty folder, `keep` or one that is removed in the end."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="reporting-quarto-") as temporary:
            yield Path(temporary)
    else:
        shutil.rmtree(keep, ignore_errors=True)
        keep.mkdir(parents=True)
        yield keep


def _run(quarto: Path, project: Path, context: RunContext) -> None:
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(context.timestamp.timestamp())), "NO_COLOR": "1"}
    made = subprocess.run(
        [str(quarto), "render", "."],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
    )
    said = _COLOR_CODES.sub("", made.stderr + made.stdout)
    found = list(complaints(said))
    if made.returncode or found:
        words = "\n  ".join(found or said.strip().splitlines()[-8:])
        raise RenderError(
            f"Quarto: {words}",
            where=quarto,
            remedy="Correct the notebook cell that writes this part of the document. "
            "--keep-project keeps what Quarto was given.",
        )


def complaints(said: str) -> list[str]:
    """Quarto's warnings and errors, each whole: the document it was at, the message, its place and hint.

    What Quarto repeats of another program's words is told once.
    """
    messages: list[list[str]] = []
    document, open_ = "", False
    for line in map(str.rstrip, _COMPILING.sub("", said).splitlines()):
        if step := _STEP.match(line.strip()):
            document, open_ = f"{step[1]}: ", False
        elif _COMPLAINT.search(line) and _NO_VALIDATOR not in line:
            messages.append([document + line.strip()])
            open_ = True
        elif _OVER.match(line):
            open_ = False
        elif open_:
            messages[-1].append(line)
    told: list[str] = []
    for first, *others in messages:
        new = _KIND.sub("", first.removeprefix(document))
        if not any(new in earlier for earlier in told):
            told.append("\n  ".join([first, *others]).strip())
    return told
