"""Two months, or two states of one, as a page of one file that can be mailed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reporting.pipeline.render.accounts import templates
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.html import page
from reporting.pipeline.render.scripts import script_of

if TYPE_CHECKING:
    from reporting.reports.comparison import Comparison

_CONTENTS = {
    "key": "Key figures",
    "bands": "Bands",
    "stances": "Stances",
    "lists": "Lists",
    "came": "Who came and who went",
    "accounts": "Accounts that differ",
    "figures": "Figures",
}


@dataclass(frozen=True)
class Note:
    """Lines of plain text under a title."""

    title: str
    lines: Sequence[str]


def write_comparison(
    path: Path,
    comparison: Comparison,
    names: tuple[str, str],
    context: RunContext,
    notes: Sequence[Note] = (),
) -> None:
    """Write the page.

    Args:
        path: The file.
        names: What the two are called, in heads of columns.
        context: Whose pages they are; its month and run are not told.
        notes: What is told first; those without lines are left out.
    """
    told = [note for note in notes if note.lines]
    contents = {f"note-{number}": note.title for number, note in enumerate(told, 1)} | _CONTENTS
    empty = {"came": not comparison.moved, "accounts": not comparison.movers}
    contents = {id: title for id, title in contents.items() if not empty.get(id)}
    render = templates().get_template
    html = page(
        title=f"{names[0]} and {names[1]}",
        description=comparison.summary,
        body=render("comparison.html").render(both=comparison, names=names, notes=told),
        toc=templates().from_string(_TOC).render(contents=contents),
        context=context,
        month="",
        embedded=True,
        extras=f"<style>{script_of('comparison.css')}</style>\n",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")


_TOC = (
    '<ul>{% for id, title in contents.items() %}<li><a href="#{{ id }}">{{ title }}</a></li>{% endfor %}</ul>'
)
