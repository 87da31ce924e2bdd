"""The sections of the appendix, in the order of its notebook."""

from __future__ import annotations

import json

import pandas as pd

from reporting.metrics.registry import CHAPTERS, METRICS
from reporting.present.blocks import Block, Blocks, Glossary, Table, Text
from reporting.present.formats import count, money, percent
from reporting.present.markdown import escape
from reporting.present.words import cut, plural, sentence, uncapitalised

from ..telling import company, measures
from .data import Data

EXAMPLES = 2


def signs(data: Data) -> Blocks:
    """Every key figure with its usual range and its threshold."""
    return Blocks([data.trust.warning(), company.signs(data.book)])


def figures(data: Data) -> Blocks:
    """Every figure of the portfolio, a table a chapter, each with the accounts that moved it."""
    book = data.book
    text = (
        "Every account's part of a change is known, and the parts add up to it; `reporting explain` lists "
        "them all."
    )
    blocks: list[Block] = [Text(text)]
    for chapter, title in CHAPTERS.items():
        if found := measures.of_chapter(chapter):
            caption = (
                f"{title}: figures of {book.label}, each against {book.previous_label} and its threshold, "
                "with the accounts that moved it most"
            )
            label = f"tbl-figures-{chapter}"
            blocks.append(measures.table(book, data.trust, found, label=label, caption=caption))
    return Blocks(blocks)


def movers(data: Data) -> Blocks:
    """Which accounts moved MRR most, and why."""
    rows, book = data.movements, data.book
    if rows.empty:
        return Blocks([Text(f"No account's MRR moved in {book.label} other than by exchange rates.")])
    shown = rows.head(data.top_accounts)
    gross = int(rows["amount_cents"].abs().sum())
    lead = rows.iloc[0]
    part = shown["amount_cents"].abs().sum() / gross
    up, down = int((rows["amount_cents"] > 0).sum()), int((rows["amount_cents"] < 0).sum())
    text = (
        f"{sentence(plural(rows['account_id'].nunique(), 'account'))} moved MRR in {book.label}: "
        f"{plural(up, 'movement')} up, {plural(down, 'movement')} down. The largest is "
        f"{escape(cut(lead['account_name']))} ({lead['movement'].lower()}, "
        f"{money(lead['amount_cents'], book.currency, sign=True)}); the "
        f"{plural(len(shown), 'movement')} of @tbl-movers make {percent(part, 0)} of everything that moved."
    )
    columns = {
        "account_name": "Account",
        "movement": "Movement",
        "amount_cents": (f"Change ({book.currency})", lambda x: money(x, sign=True)),
        "mrr_cents": (f"MRR now ({book.currency})", money),
        "why": "What changed",
    }
    caption = f"Largest account movements of {book.label}"
    return Blocks([Text(text), Table.of(shown, columns, label="tbl-movers", caption=caption)])


def data_quality(data: Data) -> Blocks:
    """Every finding of the contract, counted and with examples; nothing was dropped silently."""
    findings = data.book.snapshot.findings
    if findings.empty:
        return Blocks([Text("The contract's checks found nothing to report on this source.")])
    rows = findings.sort_values(["severity", "table", "check"])
    lead = (
        f"The contract's checks raised {plural(len(rows), 'finding')} on this source (@tbl-findings). The "
        "rows named there were kept and counted; nothing was dropped silently."
    )
    table = pd.DataFrame(
        {
            "table": rows["table"],
            "finding": rows["message"],
            "share": [_of(n, total) for n, total in zip(rows["count"], rows["total"], strict=True)],
            "examples": [_examples(text) for text in rows["examples"]],
        }
    )
    columns = {"table": "Table", "finding": "Finding", "share": "Rows", "examples": "Examples"}
    caption = f"Findings of the data contract as of the close of {data.book.label}"
    return Blocks([Text(lead), Table.of(table, columns, label="tbl-findings", caption=caption)])


def unknowns(data: Data) -> Blocks:
    """What this source can't tell, each with what it would take."""
    lines = []
    if not data.trust.reliable:
        lines.append("Who really left: the sources contradict each other (see the warning above).")
    by_need: dict[tuple[str, ...], list[str]] = {}
    for metric, tables in sorted(data.book.unavailable.items()):
        by_need.setdefault(tuple(tables), []).append(METRICS[metric].label if metric in METRICS else metric)
    for tables, labels in by_need.items():
        shown = "; ".join(uncapitalised(label) for label in labels[:6])
        rest = f" and {len(labels) - 6} more" if len(labels) > 6 else ""
        needs = " and ".join(f"`{table}`" for table in tables)
        lines.append(f"Not available, needs {needs}: {shown}{rest}.")
    lines.append(
        "Why a customer acts: every link shown here between behaviour and revenue is an association, which "
        "a trial could confirm and this data can't."
    )
    return Blocks([Text("\n".join(f"- {line}" for line in lines))])


def glossary(data: Data) -> Blocks:
    """The definition of every metric; those that are not available here say so."""
    entries = []
    for metric in sorted(METRICS.values(), key=lambda m: m.label.lower()):
        needs = ", ".join(f"`{table}`" for table in data.book.unavailable.get(metric.id, []))
        gap = f" *Here not available: needs {needs}.*" if needs else ""
        entries.append((metric.label, escape(metric.filled(data.book.product).definition) + gap))
    return Blocks([Glossary(entries)])


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """Every figure of the company in every month."""
    return {"figures": measures.by_month(data.book)}


def _of(n: int, total: int) -> str:
    return f"{count(n)} of {count(total)}" if total else "whole table"


def _examples(text: str | None) -> str:
    rows = json.loads(text) if text else []
    shown = [", ".join(f"{key} {value}" for key, value in row.items()) for row in rows[:EXAMPLES]]
    return "; ".join(shown) or "whole table"
