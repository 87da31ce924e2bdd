"""The brief's sentences on revenue: MRR and its target, what is kept, and by whom."""

from __future__ import annotations

from reporting.analysis import cohorts
from reporting.present.formats import count, missing, percent
from reporting.present.formats import month as month_name
from reporting.present.words import SMALLEST_STEP, direction, plural, sentence, with_interval

from ..telling import company
from ..telling.cohort_halves import newer_half
from .data import Data


def mrr(data: Data) -> str:
    book, row = data.book, data.bridge.loc[data.book.month]
    if not row["start"]:
        if not row["end"]:
            return f"No account pays at the close of {book.label}, and none did a month before."
        since = "after a month without any" if data.bridge["start"].any() else "the first month of revenue"
        return f"MRR stands at {book.money(row['end'])} at the close of {book.label}, {since}."
    verb = direction(row["end"], row["start"])
    by = "" if verb == "held" else f" by {percent(abs(row['end'] / row['start'] - 1))}"
    gain, loss = row["new"] + row["reactivation"] + row["expansion"], row["contraction"] + row["churn"]
    return (
        f"MRR {verb}{by} {'at' if verb == 'held' else 'to'} {book.money(row['end'])}: {book.money(gain)} "
        f"came in and {book.money(loss)} went.{_left_sentence(data)}{_flagged_sentence(data)}"
    )


def _flagged_sentence(data: Data) -> str:
    """What of MRR is paid by accounts that the source itself calls gone; empty where nothing contradicts."""
    cents = 0 if data.trust.reliable else data.trust.flagged_cents
    part = percent(data.book.share_of_mrr(cents))
    return f" {part} of it is from accounts flagged as churned." if cents else ""


def _left_sentence(data: Data) -> str:
    """How many accounts left, beside the month before; empty where the sources contradict each other."""
    book, left = data.book, data.bridge["accounts_churn"]
    if book.previous not in left.index or not data.trust.reliable:
        return ""
    now, before = left[book.month], left[book.previous]
    return f" {sentence(plural(now, 'account'))} left ({count(before)} in {month_name(book.previous)})."


def target(data: Data) -> str:
    """How far MRR is from its target, and the chance of reaching the year's; empty without one."""
    rows = data.book.judgement.targets
    if "mrr" not in rows.index:
        return ""
    row = rows.loc["mrr"]
    step, goal = float(row["distance"]), data.book.money(row["target"])
    if abs(step) < SMALLEST_STEP:
        text = f" MRR meets its target of {goal}"
    else:
        text = f" MRR is {percent(abs(step))} {'above' if step > 0 else 'below'} its target of {goal}"
    if missing(row["chance"]):
        return f"{text}."
    year, chance = data.book.money(row["year_target"]), percent(row["chance"], 0)
    by = month_name(row["year_end"])
    return f"{text}; the chance of {year} by the close of {by} is {chance}."


def retention(data: Data) -> str:
    book = data.book
    gross, net = book.reading("grr_12"), book.reading("nrr_12")
    if not (gross and net and gross.n):
        return "No account paid twelve months ago, so retention can't be told yet."
    kept = (
        f"{with_interval(company.estimate(gross))} of the MRR of twelve months ago is kept "
        f"(GRR), {percent(net.value)} with expansion (NRR)"
    )
    if not data.trust.reliable:
        return (
            f"By the subscriptions alone, {kept}; this is *not reliable*, because the sources contradict "
            "each other on who left."
        )
    return f"{kept}.{_newer_sentence(data)}"


def _newer_sentence(data: Data) -> str:
    """Whether the accounts that began lately keep more or less than those before them; empty without a
    difference beyond chance."""
    aligned = cohorts.paid(data.book)
    if not len(aligned.accounts):
        return ""
    parts = cohorts.revenue(aligned, gross=False)
    age = cohorts.settled_age(cohorts.triangle(aligned, parts))
    if age is None:
        return ""
    newer = newer_half(aligned, parts, age)
    if newer is None:
        return ""
    return (
        f" The newer half of the accounts keeps {newer.word} of its first MRR after {plural(age, 'month')}: "
        f"{newer.apart}."
    )
