"""How reports speak of sources that contradict each other on who left, and of data that can't be right."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import pandas as pd

from reporting.analysis import trust
from reporting.present.blocks import Blocks, Callout
from reporting.present.formats import count, money
from reporting.present.markdown import escape
from reporting.present.words import listing, plural

TITLE = "The sources contradict each other on who left"
UNRELIABLE = "not reliable: sources contradict"
LEADING = (
    *("stale_extract", "events_end", "events_missing", "unknown_event", "inclusive_end", "discount_share"),
    *("amount_scale", "minor_units", "misspelled_account", "control_totals"),
)
"""Findings that make figures wrong as a whole, so they stand before them."""
WEIGHTY = ("north_star", "key_action", "activation_outcome", "value_events")
"""Places of the product definition where an event that doesn't exist makes a figure of the company zero."""


class Trust(trust.Trust):
    """Whether retention can be believed, in words."""

    def label(self, name: str) -> str:
        """The figure's name, marked where it can't be believed: `NRR (not reliable: sources contradict)`."""
        return name if self.reliable else f"{name} ({UNRELIABLE})"

    def warning(self) -> Blocks:
        """What has to stand before any figure; empty when nothing speaks against the data."""
        findings = self.book.snapshot.findings
        doubts = [escape(row["message"]) for _, row in findings.iterrows() if _leads(row)]
        title = "Settle this before believing the figures"
        told = [Callout("warning", title, "\n".join(f"- {doubt}" for doubt in doubts))] if doubts else []
        return Blocks([*told, *([] if self.reliable else [self._contradiction()])])

    def in_short(self) -> Blocks:
        """What stands before the figures of reports that are not about retention; the brief has all."""
        found = self.warning()
        if self.reliable:
            return found
        text = (
            f"By the subscriptions {plural(self.churned, 'account')} ever stopped paying, other tables name "
            f"{count(max(w.named for w in self.witnesses))}; the brief says which. Until that is settled, "
            f"figures that rest on it are marked *{UNRELIABLE}* and must not be read as good news."
        )
        return Blocks([*found[:-1], Callout("warning", TITLE, text)])

    def _contradiction(self) -> Callout:
        """Which tables say what."""
        told = [witness for witness in self.witnesses if witness.contradicts]
        clauses = [_clause(witness) for witness in told or self.witnesses if witness.called]
        tables = [f"the {witness.table} table" for witness in told or self.witnesses] or ["the other tables"]
        text = (
            f"By the subscriptions, {plural(self.churned, 'account')} ever stopped paying. But "
            f"{'; and '.join(clauses) or 'other tables of the source say otherwise'}. They can't all be "
            f"right.{self._between()} **To be decided before the next close:** whoever keeps the "
            f"subscriptions and whoever keeps {listing(tables)} agree which records a lost customer, and the "
            "source follows. Until then, retention, NRR, GRR and churn in this report are what the "
            f"subscriptions say, marked *{UNRELIABLE}*, and must not be read as good news."
        )
        return Callout("warning", TITLE, text)

    def _between(self) -> str:
        """What MRR is without the accounts that the source's own flag calls gone; empty without any."""
        if not self.flagged_cents:
            return ""
        whole = self.book.now["mrr_cents"].sum()
        both = [money(cents, self.book.currency) for cents in (whole, whole - self.flagged_cents)]
        return f" MRR is {both[0]} by the subscriptions, {both[1]} without the flagged accounts."


def if_reliable(section: Callable[[Any], Blocks]) -> Callable[[Any], Blocks]:
    """A section that hangs on who left: nothing where the sources contradict each other, said once above."""

    @wraps(section)
    def told(data: Any) -> Blocks:
        return section(data) if data.trust.reliable else Blocks()

    return told


def _leads(finding: pd.Series) -> bool:
    if finding["check"] != "unknown_event":
        return finding["check"] in LEADING and finding["severity"] == "warning"
    first = json.loads(finding["examples"])[0]  # what most rests on comes first
    return any(place in WEIGHTY for place in first["stands in"].split(", "))


def _clause(witness: trust.Witness) -> str:
    if witness.table == "accounts":
        paying = witness.named - witness.borne_out
        return (
            f"the accounts table flags {plural(witness.named, 'account')} as churned, and {paying or 'none'} "
            f"of them {'pays' if paying == 1 else 'pay'} at the close"
        )
    stopped = f"only {witness.borne_out}" if witness.borne_out else "none"
    return (
        f"{plural(witness.named, 'account')} {'has' if witness.named == 1 else 'have'} a cancellation on "
        f"record, and {stopped} of them ever stopped paying"
    )
