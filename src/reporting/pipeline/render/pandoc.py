"""Calls pandoc, from the wheel; a warning is an error."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

import pypandoc

from reporting.errors import RenderError

THEME = Path(__file__).parent / "theme"

# What Quarto reads as well; no raw HTML or TeX may come from a document.
READER = "markdown-raw_html-raw_tex-yaml_metadata_block"


@functools.cache
def pandoc_path() -> str:
    """The binary that `pypandoc_binary` carries."""
    return pypandoc.get_pandoc_path()


def convert(
    markdown: str, to: str, *, where: Path, options: tuple[str, ...] = (), folder: Path | None = None
) -> str:
    """Convert Markdown with the report's filter.

    Args:
        markdown: Document body.
        to: `html5` or `typst`.
        where: Named in errors.
        options: Further pandoc options.
        folder: Working folder, against which figures are looked up.

    Raises:
        RenderError: pandoc failed or warned.
    """
    command = [pandoc_path(), "-f", READER, "-t", to, "--wrap=none", "--fail-if-warnings", *options]
    command += ["--lua-filter", str(THEME / "report.lua")]
    made = subprocess.run(command, input=markdown.encode(), capture_output=True, cwd=folder or where.parent)
    if made.returncode or made.stderr.strip():
        complaint = made.stderr.decode(errors="replace").strip() or f"exit code {made.returncode}"
        raise RenderError(f"pandoc: {complaint}", where=where, remedy="Correct the document's source cell.")
    return made.stdout.decode()
