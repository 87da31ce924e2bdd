"""What differs between two closes, from their snapshots and the judgements beside them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from reporting.metrics.registry import CHAPTERS
from reporting.present.words import plural
from reporting.reports.comparison import groups
from reporting.reports.comparison.figures import Figure, figures
from reporting.reports.comparison.groups import Group, Mover
from reporting.reports.telling.book import Book


class Comparison:
    """Two closes, side by side.

    Args:
        before: Folder of a snapshot; its judgement lies beside it.
        after: The same of the other.
    """

    def __init__(self, before: Path, after: Path) -> None:
        self._before, self._after = Book(before), Book(after)

    @cached_property
    def figures(self) -> list[Figure]:
        """Every figure of the portfolio, in the registry's order."""
        return figures(self._before, self._after)

    @property
    def chapters(self) -> list[tuple[str, list[Figure]]]:
        """The figures by chapter of the catalogue: its title, and its figures."""
        named = [(title, [f for f in self.figures if f.chapter == id]) for id, title in CHAPTERS.items()]
        return [(title, found) for title, found in named if found]

    @property
    def key_figures(self) -> list[Figure]:
        """Those by which the company is judged, in the order in which it is."""
        told = {figure.id: figure for figure in self.figures}
        ids = [reading.figure for reading in self._after.judgement.readings]
        return [told[id] for id in ids if id in told]

    @cached_property
    def bands(self) -> list[Group]:
        """The accounts by band, with those that can't be judged."""
        return groups.bands(self._before, self._after)

    @cached_property
    def stances(self) -> list[Group]:
        """The accounts by stance, the most urgent first."""
        return groups.stances(self._before, self._after)

    @cached_property
    def lists(self) -> list[Group]:
        """Renewals ahead, and the accounts without an owner."""
        return groups.lists(self._before, self._after)

    @property
    def moved(self) -> list[Group]:
        """The stances that call for something and the lists, those that anybody came into or went from."""
        return [group for group in [*self.stances[:-1], *self.lists] if group.came or group.went]

    @cached_property
    def movers(self) -> list[Mover]:
        """The accounts whose band or stance differs, the most urgent now first."""
        return groups.movers(self._before, self._after)

    @property
    def summary(self) -> str:
        """`84 figures and 12 accounts differ.`"""
        moved = sum(figure.differs for figure in self.figures)
        accounts = plural(len(self.movers), "account")
        return f"{plural(moved, 'figure')} differ; band or stance differs of {accounts}."
