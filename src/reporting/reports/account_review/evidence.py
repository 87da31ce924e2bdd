"""The second page of a review: what the answer rests on."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.present.blocks import Block, Blocks, Column, Table, Text
from reporting.present.formats import NOT_AVAILABLE, count
from reporting.present.markdown import escape
from reporting.present.words import cut, listing, uncapitalised
from reporting.reports.account_pages.page import Score

from .data import Data

NOTE = 160
"""Letters of a note that are told."""
NAMES = 320
"""Letters of a list of features that are told."""


def health(data: Data) -> Blocks:
    """What each part of a score costs."""
    return Blocks(_score(score) for score in data.page.scores if score.value != NOT_AVAILABLE)


def _score(score: Score) -> list[Block]:
    """Parts that cost something as a table, the others in its caption."""
    known = [row for row in score.rows if row[2] != NOT_AVAILABLE]
    unknown = listing([uncapitalised(row[0]) for row in score.rows if row[2] == NOT_AVAILABLE])
    caption = f"{score.name} {score.value} of 100, and the points that each part takes off"
    caption += f"; nothing is lost on {escape(score.whole)}" if score.whole else ""
    caption += f"; not known, and left out: {escape(unknown)}" if unknown else ""
    if not known:
        return [Text(f"{caption}.")]
    head = [Column("Part"), Column("Its own score", "right"), Column("Points", "right")]
    return [Table(head, known, f"tbl-{'-'.join(score.name.lower().split())}", caption)]


def people(data: Data) -> Blocks:
    """Who uses the product; what is not known is left out."""
    return _facts(data.page.people, "tbl-people", "Users at the close")


def contract(data: Data) -> Blocks:
    """Renewal, value and tickets, then the flags."""
    blocks: list[Block] = [*_facts(data.page.contract, "tbl-contract", "What is at stake, and what is open")]
    if flags := _flags(data):
        blocks.append(Text(flags))
    return Blocks(blocks)


def _flags(data: Data) -> str:
    """Those raised, and how many are not known; empty unless the account pays."""
    told = dict(data.page.flags)
    if not told:
        return ""
    none = told["Raised"] == "none"
    text = (
        "No warning flag is raised."
        if none
        else f"**Warning flags:** {escape(uncapitalised(told['Raised']))}."
    )
    unknown = sum(state is None for state in data.account.flags.values())
    return text + (f" {count(unknown)} of {count(len(data.account.flags))} are not known." if unknown else "")


def _facts(facts: Sequence[tuple[str, str]], label: str, caption: str) -> Blocks:
    known = [(name, value) for name, value in facts if value != NOT_AVAILABLE]
    head = [Column("What"), Column("At the close", "right")]
    return Blocks([Table(head, known, label, caption)] if known else [])


def features(data: Data) -> Blocks:
    """Features in use and not yet in use, against the middle of accounts like it."""
    page = data.page
    if page.features in ("", NOT_AVAILABLE):
        return Blocks()
    lines = [f"{escape(page.features)}."]
    if page.used:
        lines.append(f"**In use, with events:** {escape(_fitting(page.used))}.")
    if page.unused:
        share = "with the share of accounts like it that use them"
        lines.append(f"**Not yet in use,** {share}: {escape(_fitting(page.unused))}.")
    return Blocks([Text("\n\n".join(lines))])


def _fitting(items: str) -> str:
    """As many of the items, set apart by commas, as there is room for."""
    return items if len(items) <= NAMES else f"{items[:NAMES].rpartition(', ')[0]} and others"


def advice(data: Data) -> Blocks:
    """What was advised and what came of it, then the latest contacts."""
    page = data.page
    blocks: list[Block] = []
    if page.advised:
        head = [Column("When"), Column("What was advised"), Column("What came of it")]
        rows = [tuple(cut(cell, NOTE) for cell in row) for row in page.advised]
        blocks.append(Table(head, rows, "tbl-advised", "What was advised, and what came of it"))
    if page.contacts:
        head = [Column("When"), Column("What, by whom"), Column("Note")]
        rows = [(when, cut(what, 60), cut(note, NOTE)) for when, what, note in page.contacts]
        if not any(note for _, _, note in rows):
            head, rows = head[:2], [row[:2] for row in rows]
        blocks.append(Table(head, rows, "tbl-contacts", "The latest contacts"))
    return Blocks(blocks)
