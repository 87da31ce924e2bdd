"""Quarto, where it is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from reporting.errors import ConfigError
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document


def find_quarto(*, required: bool = False) -> Path | None:
    """The `quarto` command from QUARTO_PATH or the PATH.

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


def render_quarto(
    quarto: Path, documents: Sequence[Document], out: Path, context: RunContext, has_notebooks: bool
) -> list[Path]:
    raise NotImplementedError
