"""The first page of a review: what to do about the account, how it stands, what to ask."""

from __future__ import annotations

from reporting.analysis.topics import topics
from reporting.present.blocks import Block, Blocks, KeyFigure, KeyFigures, Text
from reporting.present.formats import MINUS, NOT_AVAILABLE, count, date, days, missing, number, percent
from reporting.present.formats import month as month_name
from reporting.present.markdown import escape
from reporting.present.words import cut, sentence

from .data import Data
from .questions import question

IN_CHARTS = ("mrr_cents", "score")
"""Figures whose course is drawn, see `charts.course`."""
WORDS = 600
"""Letters of what a customer said that are told."""


def headline(data: Data) -> Blocks:
    """Stance and reason, the next step with its owner and its day, and who they are."""
    told = data.page.verdict
    reason = cut(told.reason, WORDS)
    answer = f"**{told.title}.** {escape(sentence(reason))}".strip()
    about = Text(escape(data.page.about))
    if not told.action:
        return Blocks([Text(answer), Text(escape(f"{cut(told.whose, 80)}.")), about])
    step = f"**Next step:** {escape(told.action)}, by {told.due}. {escape(cut(told.whose, 80))}."
    return Blocks([Text(answer + ("" if answer.endswith(".") else ".")), Text(step), about])


def key_figures(data: Data) -> Blocks:
    """MRR, score, users, use, the chance of leaving and the renewal; what is not known is left out."""
    tiles = [tile for tile in (*_courses(data), *_outlook(data)) if tile.value != NOT_AVAILABLE]
    return Blocks([KeyFigures(tiles)] if tiles else [])


def _courses(data: Data) -> list[KeyFigure]:
    """What has twelve months behind it."""
    account, book = data.account, data.book
    if account.standing not in ("pays", "on trial"):
        return []
    forms = {
        "mrr_cents": ("MRR", book.money),
        "score": (sentence(book.score_name), number),
        "active_users": ("Active users", count),
    }
    tiles = []
    for key, (name, form) in forms.items():
        values = [None if row is None else row.get(key) for row in account.course.values()]
        then, now = (*[None] * 2, *values)[-2:]
        change = ""
        if not (missing(now) or missing(then)):
            step = now - then
            moved = "unchanged" if form(abs(step)) == form(0) else _signed(form(abs(step)), step)
            change = f"{moved} on {month_name(book.previous, short=True)}"
        shown = values if key not in IN_CHARTS else ()
        band = account.verdict.get("band") or "" if key == "score" else ""
        tiles.append(KeyFigure(name, form(now), change, note=band, history=shown))
    return tiles


def _signed(text: str, step: float) -> str:
    return f"{'+' if step > 0 else MINUS}{text}"


def _outlook(data: Data) -> list[KeyFigure]:
    """What lies ahead of an account that pays."""
    row, book = data.account.verdict, data.book
    if not row:
        return []
    chance = percent(row.get("probability"), 0)
    when = "at its renewal" if _at_renewal(data) else "within three months"
    loss = book.money(row.get("expected_loss_cents"))
    told = loss != NOT_AVAILABLE and not _at_renewal(data)
    lost = f"{loss} of MRR expected to be lost" if told else ""
    renewal = row.get("days_to_renewal")
    value = book.money(row.get("contract_value_cents"))
    return [
        KeyFigure(f"Likely to leave {when}", chance, note=lost),
        KeyFigure(
            "Contract renews in",
            days(renewal),
            note="" if missing(renewal) else f"{date(row.get('renewal_at'))}, {value} at stake",
        ),
        KeyFigure("Open tickets", count(data.account.now.get("tickets_open")), note=_escalated(data)),
    ]


def _at_renewal(data: Data) -> bool:
    risk = data.book.judgement.risk
    return data.account.id in risk.index and bool(risk.at[data.account.id, "at_renewal"])


def _escalated(data: Data) -> str:
    escalations = data.account.now.get("escalations")
    return "" if missing(escalations) or not escalations else f"{count(escalations)} escalated"


def changes(data: Data) -> Blocks:
    """What is different from a month ago, a line each; nothing where nothing can differ."""
    lines = [f"- {escape(line)}" for line in data.page.changed]
    return Blocks([Text("\n".join(lines))] if lines else [])


def questions(data: Data) -> Blocks:
    """What to ask in the call, the most pressing first."""
    found = topics(data.account, data.book.product, data.most_questions)
    asked = [f"{n}. {escape(question(data.book, topic))}" for n, topic in enumerate(found, start=1)]
    blocks: list[Block] = [Text("\n".join(asked))] if asked else []
    return Blocks(blocks)
