"""From executed notebooks to clean Quarto Markdown: prose, figures as files, tables, no code.

The notebooks are the audit copies and are only read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
import yaml

from reporting.errors import RenderError
from reporting.pipeline.draft import APPENDIX, Draft
from reporting.pipeline.terms import used
from reporting.present.markdown import escape

APPENDIX_ABOUT = "What stands behind the reports: figures, definitions, methods and tests."


def derive(
    executed: Sequence[Path],
    out_dir: Path,
    front: dict[str, Any] | None = None,
    meanings: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write `<out_dir>/<report>.qmd` of each notebook and its figures beside it, in `figures/<report>/`.

    What cells tagged `appendix` show stands in `appendix.qmd` instead, one for all reports: after that of the
    notebook `appendix`, where there is one, and under the title of the report it comes from.

    Args:
        executed: Executed notebooks; their metadata `reporting` holds title and description.
        out_dir: Existing or new folder.
        front: Front matter of the run (month, run id, company); the notebook's title is added to it, and the
            key figures as data.
        meanings: Words that a document explains where it uses them, see `terms`.

    Returns:
        The documents' paths, in the order of the notebooks; the appendix last if it has none of its own.

    Raises:
        RenderError: An error output, printed text or an unknown kind of output; two things with one label;
            a reference to nothing; a picture that is no Figure block. The message names notebook and cell.
    """
    documents = [_read(path) for path in executed]
    appendix = next((document for document in documents if document.report == APPENDIX), None)
    for document in [found for found in documents if found.aside]:
        if appendix is None:
            appendix = Draft(document.source, APPENDIX, "Appendix", APPENDIX_ABOUT)
            documents.append(appendix)
        appendix.take_over(document)
    return [_write(document, out_dir, front or {}, meanings or {}) for document in documents]


def _read(executed: Path) -> Draft:
    notebook = nbformat.read(executed, as_version=4)
    about = dict(notebook.metadata.get("reporting", {}))
    title = str(about.get("title", "")).strip()
    if not title:
        raise RenderError(
            "the notebook has no title.",
            where=executed,
            remedy='Set "reporting": {"title": ...} in the notebook\'s metadata.',
        )
    document = Draft(executed, executed.stem, title, str(about.get("description") or ""))
    document.pages = about.get("pages")
    number = 0  # as in the notebook that is edited, which has no injected cell
    for cell in notebook.cells:
        number += "injected-parameters" not in cell.metadata.get("tags", [])
        document.add_cell(number, cell)
    document.finish()
    return document


def _write(document: Draft, out_dir: Path, front: dict[str, Any], meanings: Mapping[str, str]) -> Path:
    for (report, label), svg in document.figures.items():
        figures = out_dir / "figures" / report
        figures.mkdir(parents=True, exist_ok=True)
        (figures / f"{label}.svg").write_text(svg, encoding="utf-8")
    matter: dict[str, Any] = {"title": document.title, "lang": "en"}
    if document.description:
        matter["description"] = document.description
    if document.pages:
        matter["pages"] = document.pages
    matter |= {"report": document.report} | front
    if document.key_figures:
        matter["key-figures"] = document.key_figures
    head = yaml.safe_dump(matter, sort_keys=False, allow_unicode=True, width=1000)
    path = out_dir / f"{document.report}.qmd"
    out_dir.mkdir(parents=True, exist_ok=True)
    body = "\n\n".join(document.parts)
    path.write_text(f"---\n{head}---\n\n{body}\n{_explained(body, meanings)}", encoding="utf-8")
    return path


def _explained(body: str, meanings: Mapping[str, str]) -> str:
    """The words of a text that need it, with their meaning, for pages to show where they stand."""
    found = used(meanings, body)
    if not found:
        return ""
    entries = "\n\n".join(f"{escape(term)}\n:   {escape(said)}" for term, said in found.items())
    return f"\n::: {{.terms}}\n{entries}\n:::\n"


def labels(document: str) -> Iterator[str]:
    """The labels of figures and tables in a derived document, in order."""
    for match in re.finditer(r"\{#((?:fig|tbl)-[\w-]+)", document):
        yield match[1]
