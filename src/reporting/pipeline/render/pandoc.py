"""Calls pandoc, from the wheel; a warning is an error."""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path

import pypandoc

from reporting.errors import RenderError
from reporting.pipeline.render.document import Document

THEME = Path(__file__).parent / "theme"

# What Quarto reads as well; no raw HTML or TeX may come from a document.
READER = "markdown-raw_html-raw_tex-yaml_metadata_block"


@functools.cache
def pandoc_path() -> str:
    """The binary that `pypandoc_binary` carries."""
    return pypandoc.get_pandoc_path()


def convert(document: Document, to: str, *, options: tuple[str, ...] = (), folder: Path | None = None) -> str:
    """Convert a document's body with the report's filter.

    Args:
        document: What to convert.
        to: `html5` or `typst`.
        options: Further pandoc options.
        folder: Working folder, against which figures are looked up; the document's by default.

    Raises:
        RenderError: pandoc failed or warned; it names the line of the document.
    """
    asked = ("-f", READER, "-t", to, "--wrap=none", *options, "--lua-filter", str(THEME / "report.lua"))
    markdown = "\n" * (document.first_line - 1) + document.body  # lines are numbered as in the file
    made = run(*asked, given=markdown, where=document.path, folder=folder or document.path.parent)
    return made.decode()


def run(
    *options: str, given: str, where: Path | None = None, folder: Path | None = None, epoch: int = 0
) -> bytes:
    """What pandoc makes of `given`.

    Args:
        where: The document, for the message.
        folder: Working folder.
        epoch: The time that a file made says of itself, in seconds.

    Raises:
        RenderError: pandoc failed or warned.
    """
    made = subprocess.run(
        [pandoc_path(), "--fail-if-warnings", *options],
        input=given.encode(),
        capture_output=True,
        cwd=folder,
        env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)},
    )
    if made.returncode or made.stderr.strip():
        said = made.stderr.decode(errors="replace").removesuffix("Failing because there were warnings.\n")
        raise RenderError(
            f"pandoc: {said.strip() or f'exit code {made.returncode}'}",
            where=where,
            remedy="Correct the notebook cell that writes this part of the document.",
        )
    return made.stdout
