"""A notebook as it lies on disk, whichever Jupyter has written it."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from reporting.errors import ParameterError

_WITH_IDS = 5
"""The first minor version of format 4 whose cells have ids."""


def read_file(path: Path) -> NotebookNode:
    """The notebook at `path`.

    Cells without an id get one by their place: nbformat would draw it anew each time.

    Raises:
        ParameterError: It is not a notebook.
    """
    if not path.is_file():
        raise ParameterError("this is not a file.", where=path, remedy="Remove it, or restore the notebook.")
    content = path.read_bytes()
    try:
        plain = json.loads(content)
        if plain["nbformat"] != v4.nbformat:
            raise ValueError(f"nbformat {plain['nbformat']}")
        plain["nbformat_minor"] = max(plain["nbformat_minor"], _WITH_IDS)
        for place, cell in enumerate(plain["cells"]):
            cell.setdefault("id", f"cell-{place}")
        notebook = v4.reads(json.dumps(plain))
        nbformat.validate(notebook)
        return notebook
    except Exception as error:  # of what is no notebook nbformat raises anything
        reason = str(error).split("\n", 1)[0][:200]
        raise ParameterError(
            f"this is not a Jupyter notebook of format 4 ({type(error).__name__}: {reason}).",
            where=path,
            remedy="Open it in JupyterLab and save it.",
        ) from None
