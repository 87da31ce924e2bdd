"""Calls pandoc, from the wheel; a warning is an error."""

from __future__ import annotations

import functools
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
    command = [pandoc_path(), "-f", READER, "-t", to, "--wrap=none", "--fail-if-warnings", *options]
    command += ["--lua-filter", str(THEME / "report.lua")]
    markdown = "\n" * (document.first_line - 1) + document.body  # lines are numbered as in the file
    made = subprocess.run(
        command, input=markdown.encode(), capture_output=True, cwd=folder or document.path.parent
    )
    if made.returncode or made.stderr.strip():
        said = made.stderr.decode(errors="replace").removesuffix("Failing because there were warnings.\n")
        raise RenderError(
            f"pandoc: {said.strip() or f'exit code {made.returncode}'}",
            where=document.path,
            remedy="Correct the notebook cell that writes this part of the document.",
        )
    return made.stdout.decode()
