"""The executed notebook as it is kept: same figures, same bytes, whenever and wherever it ran."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

CELL_FILE = re.compile(r"\S*ipykernel_\d+/\d+\.py")
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
LINES, LONG = 1000, 200_000
"""What is kept of a printed text: lines, and characters."""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Take out of `notebook`, in place, what differs between two runs of the same inputs.

    Times, durations, the kernel's exact version, random cell ids, temporary names and memory addresses go;
    they say nothing about the figures. Times are kept in the run's manifest.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.kernelspec = NotebookNode(KERNEL)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        elif not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        for output in cell.get("outputs", []):
            _tidy_output(output)
    return notebook


def _shortened(text: str) -> str:
    """`text` without its middle, if nobody will read it all."""
    lines = text.splitlines(keepends=True)
    if len(lines) > LINES:
        gap = f"[{len(lines) - LINES:,} lines are left out]\n"
        text = "".join([*lines[: LINES // 2], gap, *lines[-LINES // 2 :]])
    if len(text) > LONG:
        gap = f"\n[{len(text) - LONG:,} characters are left out]\n"
        text = f"{text[: LONG // 2]}{gap}{text[-LONG // 2 :]}"
    return text


def write(notebook: NotebookNode, path: Path) -> None:
    """Write `notebook` to `path`."""
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _tidy_output(output: NotebookNode) -> None:
    if output.output_type == "stream":
        output.text = ADDRESS.sub("", CELL_FILE.sub("<cell>", _shortened(output.text)))
    elif output.output_type == "error":
        output.traceback = [CELL_FILE.sub("<cell>", line) for line in output.traceback]
    elif "text/plain" in output.get("data", {}):
        output.data["text/plain"] = ADDRESS.sub("", output.data["text/plain"])
