"""The answer: three sentences and the key figures."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import is_true
from reporting.analysis.intervals import share
from reporting.analysis.untold import Untold
from reporting.present.blocks import Blocks, Callout, KeyFigure, KeyFigures, Text
from reporting.present.formats import count, number, percent
from reporting.present.formats import month as month_name
from reporting.present.words import plural, sentence
from reporting.survival.gates import FEWEST_EVENTS

from ...telling import company
from .. import words
from ..data import Data
from ..untold import why


def headline(data: Data) -> Blocks:
    """Who left, what goes with it, who may be next: three sentences. A contradiction stands before them."""
    if data.nobody:
        return Blocks([data.trust.in_short(), _nobody(data)])
    text = " ".join((_who_left(data), _what_goes_with_it(data), _who_is_next(data)))
    return Blocks([data.trust.in_short(), Text(text)])


def _nobody(data: Data) -> Callout:
    """Why it can't be told who leaves, where nobody was ever at risk."""
    rows = data.book.snapshot.subscriptions
    paid = len(rows) - int(is_true(rows["is_trial"]).sum())
    if not paid:
        why = "There is no paid subscription on record: every one is a trial."
    else:
        why = (
            f"{sentence(plural(paid, 'paid subscription'))} {'is' if paid == 1 else 'are'} on record, but "
            f"none was paid at the close of a month before {data.book.label}. Either the company has only "
            "just begun, or the rows end too early: where `valid_to` is written as the last day of service, "
            "`subscriptions.sql` has to return the day after it."
        )
    return Callout("important", "Who leaves can't be told: nobody was at risk of leaving", why)


def _who_left(data: Data) -> str:
    book, recent = data.book, data.recent
    lost = recent[recent["churned"]]
    now = recent[recent["month"] == book.month]
    paid = data.book.money(lost["mrr_cents"].sum())
    months = plural(recent["month"].nunique(), "month")
    if lost.empty:
        clause = f"**No paying account left in the {months} to {book.label}**, by the subscriptions"
    else:
        clause = (
            f"**{sentence(plural(len(lost), 'paying account'))} left in the {months} to {book.label}**, with "
            f"{paid} of MRR"
        )
    if not data.trust.reliable:
        return f"{clause}; this is *not reliable*, because the sources contradict each other on who left."
    month = share(int(now["churned"].sum()), len(now))
    lately = f"{count(now['churned'].sum())} of {count(len(now))} ({percent(month.value)})"
    return f"{clause}; in {book.label} it was {lately}."


def _what_goes_with_it(data: Data) -> str:
    model = data.fitted
    if isinstance(model, Untold):
        return f"Which behaviour goes with leaving can't be told: {why(model)}; {_needed(data)}."
    found = model.found
    if found.empty:
        return (
            f"Of the {plural(len(model.table), 'driver')} looked at, none stands out from chance over "
            f"{plural(int(model.hazard.events), 'loss', 'losses')}."
        )
    clauses = [
        f"{data.words[str(name)].subject} churns {words.times(row)}" for name, row in found.head(3).iterrows()
    ]
    return f"What goes with it most: {'; '.join(clauses)}."


def _needed(data: Data) -> str:
    more = FEWEST_EVENTS - data.losses
    if more > 0:
        return f"{plural(more, 'loss', 'losses')} more would be needed for a first driver"
    return "more varied use data would be needed"


def _who_is_next(data: Data) -> str:
    book, likely = data.book, data.likely
    if not data.foretold:
        return "So the accounts below carry warnings, not probabilities."
    clause = (
        f"{sentence(plural(len(likely), 'account'))} with {book.money(likely['mrr_cents'].sum())} of MRR "
        f"{'is' if len(likely) == 1 else 'are'} likely to leave (a probability of "
        f"{percent(book.product.churn.likely, 0)} or more, within three months or at the renewal)"
    )
    if book.is_part:
        return f"{clause}, by the model of the whole company, whose report has its test."
    one = next((h for h in data.validation.horizons if h.months == 3), None)
    if one is None:
        return f"{clause}; the model behind it could not be tested on unseen months."
    return (
        f"{clause}; on months it had not seen, the model ranked a leaver above a stayer in "
        f"{percent(one.auc.value, 0)} of the pairs ({words.discrimination(one.auc.value)})."
    )


def key_figures(data: Data) -> Blocks:
    """The numbers first asked for."""
    book, risk = data.book, data.risk
    rows = risk.rows
    now, before = (rows[rows["month"] == m] for m in (book.month, book.previous))
    lost, lost_before = int(now["churned"].sum()), int(before["churned"].sum())
    versus = (
        f"{count(lost_before)} in {month_name(book.previous, short=True)}" if len(before) else "first month"
    )
    items = [
        KeyFigure(
            data.trust.label("Accounts lost this month"),
            count(lost),
            versus,
            company.better(book.reading("monthly_churn_rate")),
            f"of {count(len(now))} paying at the start",
        ),
        KeyFigure(
            data.trust.label("MRR lost with them"), book.money(now.loc[now["churned"], "mrr_cents"].sum())
        ),
    ]
    at = None if data.nobody else data.overall.at([12]).iloc[0]
    if at is not None and pd.notna(at["survival"]):
        limits = (
            f"from the first payment on; 95% interval {percent(at['lower'])} to {percent(at['upper'])}"
            if pd.notna(at["lower"])
            else "from the first payment on"
        )
        items.append(
            KeyFigure(data.trust.label("Still paying after 12 months"), percent(at["survival"]), note=limits)
        )
    if data.foretold:
        expected = data.at_risk["p3"].sum()
        items += [
            KeyFigure(
                "Accounts likely to leave",
                count(len(data.likely)),
                note=f"{percent(book.product.churn.likely, 0)} or more, in three months or at the renewal",
            ),
            KeyFigure(
                "Expected loss, three months",
                book.money(book.judgement.expected_loss_cents),
                note=f"MRR of each account times its probability; {number(expected)} of today's accounts",
            ),
        ]
    else:
        items.append(KeyFigure("Losses observed", count(data.losses), note=f"a model needs {FEWEST_EVENTS}"))
    return Blocks([KeyFigures(items)])
