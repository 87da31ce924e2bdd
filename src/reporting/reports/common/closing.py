"""How every report ends: what can't be known, the state of the data, the glossary."""

from __future__ import annotations

import json

import pandas as pd

from reporting.metrics.registry import METRICS
from reporting.present.blocks import Blocks, Glossary, Table, Text
from reporting.present.formats import count
from reporting.present.markdown import escape
from reporting.present.words import plural, uncapitalised
from reporting.reports.common.book import Book
from reporting.reports.common.trust import Trust

from . import measures

EXAMPLES = 2


def unknowns(book: Book, trust: Trust, more: list[str] | None = None) -> Blocks:
    """What this source can't tell, each with what it would take.

    Args:
        book: The month.
        trust: Whether the sources agree on who left.
        more: Further limits, as sentences of trusted Markdown.
    """
    lines = []
    if not trust.reliable:
        lines.append("Who really left: the sources contradict each other (see the warning above).")
    by_need: dict[tuple[str, ...], list[str]] = {}
    for metric, tables in sorted(book.unavailable.items()):
        by_need.setdefault(tuple(tables), []).append(METRICS[metric].label if metric in METRICS else metric)
    for tables, labels in by_need.items():
        shown = "; ".join(uncapitalised(label) for label in labels[:6])
        rest = f" and {len(labels) - 6} more" if len(labels) > 6 else ""
        needs = " and ".join(f"`{table}`" for table in tables)
        lines.append(f"Not available, needs {needs}: {shown}{rest}.")
    lines += more or []
    lines.append(
        "Why a customer acts: every link shown here between behaviour and revenue is an association, which "
        "a trial could confirm and this data can't."
    )
    return Blocks([Text("\n".join(f"- {line}" for line in lines))])


def data_quality(book: Book) -> Blocks:
    """Every finding of the contract, counted and with examples; nothing was dropped silently."""
    findings = book.snapshot.findings
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
    caption = f"Findings of the data contract as of the close of {book.label}"
    return Blocks([Text(lead), Table.of(table, columns, label="tbl-findings", caption=caption)])


def _of(n: int, total: int) -> str:
    return f"{count(n)} of {count(total)}" if total else "whole table"


def _examples(text: str | None) -> str:
    rows = json.loads(text) if text else []
    shown = [", ".join(f"{key} {value}" for key, value in row.items()) for row in rows[:EXAMPLES]]
    return "; ".join(shown) or "whole table"


def figures(report: str, book: Book, trust: Trust) -> Blocks:
    """The portfolio figures the registry gives to a report, each with the accounts that moved it.

    Args:
        report: Report id, as in the registry.
        book: The month.
        trust: Whether the sources agree on who left.
    """
    caption = (
        f"Figures of {book.label}, each against {book.previous_label} and its threshold, with the accounts "
        "that "
        "moved it most and their part of the change"
    )
    found = measures.of_report(report)
    lead = (
        "Every account's part of a change is known, and the parts add up to it; `reporting explain` lists "
        "them all "
        "(@tbl-figures)."
    )
    return Blocks([Text(lead), measures.table(book, trust, found, label="tbl-figures", caption=caption)])


def glossary(report: str, book: Book) -> Blocks:
    """The definitions of the metrics this report uses, from the registry.

    Args:
        report: Report id, as in the registry.
        book: The month; metrics that are not available here say so.
    """
    used = [metric for metric in METRICS.values() if report in metric.reports]
    entries = []
    for metric in sorted(used, key=lambda m: m.label.lower()):
        gap = f" *Here {book.missing(metric.id)}.*" if metric.id in book.unavailable else ""
        entries.append((metric.label, escape(metric.definition) + gap))
    return Blocks([Glossary(entries)])
