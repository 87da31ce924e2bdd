"""CSV files from the cells that show a report's `Exports`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import nbformat

from reporting.errors import RenderError
from reporting.present import mime


def write_exports(executed: Iterable[Path], out: Path) -> list[Path]:
    """Write the exports of executed notebooks into folder `out`, a file each.

    Raises:
        RenderError: Two notebooks export a file of one name with different content.
    """
    written: dict[str, tuple[Path, str]] = {}
    out.mkdir(parents=True, exist_ok=True)
    for path in executed:
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                for file in output.get("data", {}).get(mime.EXPORTS, {}).get("files", []):
                    name, csv = file["name"], file["csv"]
                    first, text = written.setdefault(name, (path, csv))
                    if text != csv:
                        raise RenderError(
                            f"{first.stem} and {path.stem} both export {name}.csv, with different content.",
                            remedy="Rename one of the two in the report's exports().",
                        )
                    (out / f"{name}.csv").write_text(csv, encoding="utf-8")
    return [out / f"{name}.csv" for name in written]
