"""What a published month was judged to be, from the judgement that is frozen in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reporting.errors import ReportingError


@dataclass(frozen=True)
class Signs:
    """A month in two cells.

    Attributes:
        verdict: `Thriving`.
        signals: Which key figures moved more than usual.
    """

    verdict: str
    signals: str


def signs_of(month: Path) -> Signs | None:
    """The verdict and the signals of the month in a folder; None if it froze none, or another version did.

    Nothing is judged anew: a month of an earlier version keeps what it said then, in its own pages.
    """
    from reporting.analysis.judgement import FOLDER, Judgement  # heavy, and most pages do without
    from reporting.reports.telling import company
    from reporting.reports.telling.book import Book
    from reporting.snapshot.frozen import Snapshot

    try:
        snapshot = Snapshot.load(month / "snapshot")
        judgement = Judgement(snapshot, month / FOLDER)
        if not judgement.stands:
            return None
        signals = company.signals_in_short(Book(snapshot), judgement.readings)
        return Signs(company.WORDS[judgement.verdict], signals)
    except (ReportingError, OSError, ValueError, LookupError, TypeError):
        return None
