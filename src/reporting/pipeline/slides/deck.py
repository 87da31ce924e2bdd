"""What stands on which slide: the finding as title, a chart or table, a line below, the reason in the notes.

Everything is taken from the month's documents, so that a slide says what its report says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reporting.pipeline.draft import APPENDIX
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.site import FRONT_REPORT
from reporting.pipeline.slides.tree import (
    Grid,
    Picture,
    Section,
    read_tree,
    sections,
    sentences,
    terms_of,
    text_of,
)
from reporting.pipeline.terms import used
from reporting.present.words import cut, sentence

ROWS = 6
"""Of a table on a slide."""
TITLE, LINE, CELL, POINT, POINTS = 120, 230, 75, 230, 5
"""Letters of a title (two lines), of the line below, of a cell and of a point; points on a slide."""
_ANSWER = 400
"""Letters of a paragraph on the first slide."""
_DOUBTED = "not reliable"
_ASIDE = re.compile(r"\s*\([^()]*\)")
_CLAUSE = re.compile(r"[;:,](?=\s)")
_ON = re.compile(r"(.*) on (\w{3} \d{4})")
_YEAR = " in 12 months"


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        shown: Its chart or table; None where there are only points.
        points: Sentences, where nothing is shown.
        line: Below what is shown.
        notes: Paragraphs for who speaks.
    """

    title: str
    shown: Picture | Grid | None = None
    points: Sequence[str] = ()
    line: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Deck:
    """The slides of a month.

    Attributes:
        title: Company and month.
        verdict: Paragraphs below it: what stands in bold, and the rest.
        notes: Of the first slide.
    """

    title: str
    verdict: Sequence[tuple[str, str]]
    notes: Sequence[str]
    slides: Sequence[Slide] = field(default_factory=list)


def deck(documents: Sequence[Document], context: RunContext, meanings: Mapping[str, str]) -> Deck:
    """The slides of a month's documents.

    Args:
        documents: In reading order; the appendix has no slide.
        meanings: Words that the notes explain where a slide uses them.
    """
    verdict: list[tuple[str, str]] = []
    notes: list[str] = []
    slides: list[Slide] = []
    for document in documents:
        blocks = read_tree(document)
        explained = dict(meanings) | terms_of(blocks)
        parts = [part for part in sections(blocks) if part.paragraphs or part.remarks or part.shown]
        if document.name == FRONT_REPORT and parts:
            verdict, notes = _verdict(parts[0]), _told(parts[0])
            found = list(_of_brief(document, parts, context, verdict))
        else:
            found = list(_of_report(document, parts)) if document.name != APPENDIX else []
        slides += [_explained(slide, explained) for slide in found]
    return Deck(f"{context.company}: {context.month.label}", verdict, notes, slides)


def _of_brief(
    document: Document, parts: Sequence[Section], context: RunContext, verdict: list[tuple[str, str]]
) -> Iterator[Slide]:
    """The key figures, then what each section shows; what leads to nothing goes to the first slide."""
    if tiles := document.front.get("key-figures"):
        signs = sentences(text_of(parts[0].paragraphs[0])) if parts[0].paragraphs else []
        title = _title(signs[-1] if signs else "Key figures")
        yield Slide(title, figures(tiles, context.month.label), notes=[" ".join(signs)])
    for number, part in enumerate(parts):
        told = [text_of(paragraph) for paragraph in part.paragraphs[number == 0 :]]
        leads = [said for text in told for said in sentences(text)]
        for shown in part.shown:
            remarks = [said for said, _ in part.remarks] if number else []
            notes = [*told, *(text for _, text in part.remarks)]
            yield _slide(leads[0] if leads else shown.caption, shown, remarks, notes)
        if number and leads and not part.shown:
            verdict.append((f"{part.heading}:" if part.heading else "", _short(leads[0], POINT)))


def _verdict(answer: Section) -> list[tuple[str, str]]:
    """The first slide's paragraphs: remarks, the verdict, what moved the revenue."""
    told = [(_ended(title), "") for title, _ in answer.remarks]
    for paragraph in answer.paragraphs[: 2 if answer.shown else 3]:
        bold = text_of(paragraph[0]["c"]) if paragraph[0]["t"] == "Strong" else ""
        told.append((bold, _short(text_of(paragraph).removeprefix(bold).strip(), _ANSWER)))
    return told


def _of_report(document: Document, parts: Sequence[Section]) -> Iterator[Slide]:
    """One slide: the report's finding over its leading chart, or over the sentences of its answer."""
    answer = next((part for part in parts if part.paragraphs), None)
    said = text_of(answer.paragraphs[0]) if answer else ""
    bold = answer.paragraphs[0][0] if answer and answer.paragraphs[0] else None
    leads = sentences(said)
    title = text_of(bold["c"]) if bold and bold["t"] == "Strong" else leads[0] if leads else document.title
    picture = next((shown for part in parts for shown in part.shown if isinstance(shown, Picture)), None)
    if leads and _DOUBTED in leads[0] and _DOUBTED not in title:
        title = f"{title.rstrip('.')} ({_DOUBTED})"
    remarks = [said for said, _ in answer.remarks] if answer else []
    notes = [*(_told(answer) if answer else []), f"More in the report: {document.title}."]
    if picture:
        yield _slide(title, picture, remarks, notes)
    elif leads:
        points = leads if leads[0].rstrip(".") != title.rstrip(".") else leads[1:]
        points = [_short(point, POINT) for point in (*map(_ended, remarks), *points)][:POINTS]
        yield Slide(_title(title), points=points or [_ended(document.description)], notes=notes)


def _told(part: Section) -> list[str]:
    return [*map(text_of, part.paragraphs), *(f"{title}. {text}" for title, text in part.remarks)]


def _slide(title: str, shown: Picture | Grid, remarks: Sequence[str], notes: Sequence[str]) -> Slide:
    line = " ".join(map(_ended, [*remarks, shown.caption]))
    if isinstance(shown, Picture):
        return Slide(_title(title), shown, line=_short(line, LINE), notes=[*notes, shown.alt])
    more = f"And {len(shown.rows) - ROWS} more in the report." if len(shown.rows) > ROWS else ""
    line = f"{_short(line, LINE - len(more))} {more}".rstrip()
    rows = [[cut(cell, CELL) for cell in row] for row in shown.rows[:ROWS]]
    return Slide(_title(title), replace(shown, rows=rows, caption=""), line=line, notes=notes)


def _explained(slide: Slide, meanings: Mapping[str, str]) -> Slide:
    """The slide with the words that it uses explained in its notes."""
    seen = [slide.title, slide.line, *slide.points]
    if isinstance(slide.shown, Grid):
        seen += [*slide.shown.head, *(row[0] for row in slide.shown.rows if row)]
    told = [f"{term}: {said}" for term, said in used(meanings, " ".join(seen)).items()]
    return replace(slide, notes=[note for note in (*slide.notes, *told) if note])


def figures(tiles: Sequence[Mapping[str, Any]], month: str) -> Grid:
    """A row a key figure; what all changes are against stands in the head."""
    steps = [_ON.fullmatch(tile["change"]) for tile in tiles]
    before = {step[2] for step in steps if step}
    alone = len(before) == 1
    head = ["Figure", month, f"On {before.pop()}" if alone else "Change", "In 12 months", "This month"]
    rows = [
        [
            tile["label"],
            tile["value"],
            (step[1] if step and alone else tile["change"]) or "not available",
            tile["note"].removesuffix(_YEAR) or "not available",
            _reading(tile),
        ]
        for tile, step in zip(tiles, steps, strict=True)
    ]
    tones = [{True: "good", False: "bad", None: ""}[tile["good"]] for tile in tiles]
    return Grid(head, rows, [False, True, True, True, False], strong=1, tones=tones)


def _reading(tile: Mapping[str, Any]) -> str:
    if tile["good"] is None:
        return "as usual" if tile["usual"] else "too early to tell"
    return f"{'better' if tile['good'] else 'worse'} than usual"


def _title(text: str) -> str:
    """A finding on at most two lines: asides go first, then clauses from the end; the notes hold it whole."""
    text = text.strip().rstrip(".")
    if len(text) > TITLE:
        text = _ASIDE.sub("", text)
    if len(text) > TITLE:
        ends = [found.start() for found in _CLAUSE.finditer(text, TITLE // 3, TITLE)]
        text = text[: ends[-1]] if ends else cut(text, TITLE)
    return sentence(text)


def _short(text: str, most: int) -> str:
    """Whole sentences as far as they fit; the first is cut if even it doesn't."""
    kept = ""
    for each in sentences(text):
        if kept and len(kept) + len(each) >= most:
            break
        kept = f"{kept} {each}".strip()
    return cut(kept, most)


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
