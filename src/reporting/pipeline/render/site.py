"""What the pages of a month are and how they link to each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from reporting.pipeline.derive import labels
from reporting.pipeline.render.accounts import EXPLORER, AccountPages, Listed
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.html import Link
from reporting.present.markdown import escape

FRONT_REPORT = "executive_brief"
MEETING = "meeting"
"""Folder of the slides and of the brief for Word, in a month that has them."""
INDEX = "index"
"""The front page's name."""
_REFERENCE = re.compile(r"(?<![\w\\`])@((?:fig|tbl)-[\w-]*\w)")
_BOLD = re.compile(r"^\*\*((?:\\.|[^*\\])+)\*\*", re.M)
_CALLOUT_TITLE = re.compile(r"^:::.*\n## .*$", re.M)
_PART = (
    "*A part of the company:* figures are those of its accounts alone, which are in it as of the close, for "
    "all months. What is said of an account (stance, probability, next step) is decided with the whole "
    "company in view, and is the same there."
)
CSV = " (CSV)"
"""How the titles of data files end."""
_END_OF_ANSWER = re.compile(r"^(?:#{1,6} |!\[|\|)", re.M)


def pages(documents: Sequence[Document]) -> list[Link]:
    """The month's navigation, front page first."""
    return [Link("Front page", "index.html"), *(Link(d.title, f"{d.name}.html") for d in documents)]


def footer(document: Document, context: RunContext, has_notebook: bool) -> list[Link]:
    """Where a report can be had otherwise, how it was made, and what came with it."""
    links = [Link("PDF", f"{document.name}.pdf"), Link("One file to mail", f"mail/{document.name}.html")]
    if has_notebook:
        links.append(Link("Notebook with its code", f"notebooks/{document.name}.html"))
    return links + [Link(title, href) for title, href in context.companions.items()]


def front_page(documents: Sequence[Document], context: RunContext) -> Document:
    """The month's first page: the brief's answer, then the way to everything else."""
    parts = []
    brief = next((d for d in documents if d.name == FRONT_REPORT), None)
    if brief is not None:
        parts.append(_answer(brief))
    if "/" in context.source:
        parts.append(_PART)
    lines = [
        f"- [**{escape(d.title)}**]({d.name}.html). {finding(d) or escape(d.description)} "
        f"[PDF]({d.name}.pdf), [one file to mail](mail/{d.name}.html)"
        for d in documents
    ]
    parts += ["## Reports", "\n".join(lines)]
    if meeting := [link for link in context.companions.items() if link[1].startswith(f"{MEETING}/")]:
        parts += ["## For the meeting", "\n".join(f"- [{escape(title)}]({href})" for title, href in meeting)]
    if context.accounts:
        parts += ["## Accounts", *_accounts(context.accounts)]
    if context.warnings:
        noun = "warning" if context.warnings == 1 else "warnings"
        parts.append(
            f"::: {{.callout-warning}}\n## {context.warnings} data-quality {noun}\n\n"
            "Nothing was dropped silently: each is counted, with examples, in the reports.\n:::"
        )
    if context.companions:
        parts += ["## Data and proof", _companions(context.companions)]
    front = {"title": f"{context.title}: {context.month.label}", "lang": "en", "report": INDEX}
    folder = documents[0].path.parent if documents else Path()
    return Document(folder / f"{INDEX}.qmd", INDEX, front, "\n\n".join(parts) + "\n")


def finding(document: Document) -> str:
    """What a report says first in bold, as a sentence in Markdown; empty where it doesn't."""
    first = re.split(r"(?m)^## ", _CALLOUT_TITLE.sub("", _begun(document.body)), maxsplit=1)[0]
    found = _BOLD.search(first)
    if not found:
        return ""
    said = _REFERENCE.sub("", found[1]).replace("()", "").strip()
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _begun(body: str) -> str:
    """A document's body without the heading that it may begin with."""
    return re.sub(r"\A\s*#+ .*\n", "", body).strip()


def _companions(companions: Mapping[str, str]) -> str:
    """What came with the pages, the many data files on one line."""
    files = {title: href for title, href in companions.items() if title.endswith(CSV)}
    others = [
        f"- [{escape(title)}]({href})"
        for title, href in companions.items()
        if title not in files and not href.startswith(f"{MEETING}/")
    ]
    linked = ", ".join(f"[{escape(t.removesuffix(CSV))}]({href})" for t, href in files.items())
    return "\n".join([*others, *([f"- CSV files: {linked}"] if files else [])])


def _accounts(accounts: AccountPages) -> list[str]:
    """The lists with what they hold, and a book for each owner."""
    whole = f"[**All accounts**]({EXPLORER}) in one table: search, sort, narrow down, take along."
    parts = [whole, _linked(accounts.lists)]
    return [part for part in (*parts, "### By owner", _linked(accounts.owners)) if part]


def _linked(listed: Sequence[Listed]) -> str:
    return "\n".join(f"- [{escape(one.title)}]({one.href}): {escape(one.holds)}" for one in listed)


def _answer(brief: Document) -> str:
    """The brief up to its first heading, chart or table (or its first section, if it begins with one)."""
    body = _begun(brief.body)
    end = _END_OF_ANSWER.search(_CALLOUT_TITLE.sub(lambda m: " " * len(m[0]), body))
    answer = body[: end.start()] if end else body
    numbers: dict[str, str] = {}
    for label in labels(brief.body):
        kind = "Figure" if label.startswith("fig") else "Table"
        numbers[label] = f"{kind}\u00a0{1 + sum(n.startswith(kind) for n in numbers.values())}"

    def elsewhere(match: re.Match[str]) -> str:
        return f"[{numbers[match[1]]}]({brief.name}.html#{match[1]})"

    return _REFERENCE.sub(elsewhere, answer).strip()
