"""Parts of a company: the accounts of an owner, a region or a plan, each with reports of its own.

A part is the published month restricted to its accounts. Every account belongs to one part, for all months:
that which it is in at the close. What was decided of an account is taken from the whole, so that both say the
same of it; what is told of the part (figures, verdict, what goes with leaving) is told from its accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reporting.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from reporting.snapshot.frozen import Snapshot

PER = {"owner": "csm", "region": "region", "plan": "plan"}
"""What a company is parted by -> the attribute of its accounts."""


@dataclass(frozen=True)
class Part:
    """A part of a company.

    Attributes:
        per: What it is parted by, a key of `PER`.
        name: Of the owner, region or plan; a stranger's text.
        address: Its name as a folder.
        accounts: Ids of its accounts, whether they pay or not.
        whole: Folder of the published month that it is a part of.
    """

    per: str
    name: str
    address: str
    accounts: frozenset[str]
    whole: Path

    @property
    def label(self) -> str:
        """`owner Ben Okafor`, `no owner`."""
        return self.name if self.name == f"no {self.per}" else f"{self.per} {self.name}"

    def source(self, whole: str) -> str:
        """What its runs are called: where they lie below `reports/`."""
        return f"{whole}/per-{self.per}/{self.address}"

    def freeze(self, out: Path) -> Snapshot:
        """Build the part's snapshot in folder `out`."""
        from reporting.analysis.judgement import FOLDER
        from reporting.analysis.part import decided_of_accounts
        from reporting.snapshot.frozen import Snapshot
        from reporting.snapshot.part import restrict

        whole = Snapshot.load(self.whole / "snapshot")
        decided, said = decided_of_accounts(self.whole / FOLDER)
        title = f"{whole.meta['title']}, {self.label}"
        about = {"title": title, "per": self.per, "name": self.name, **said}
        return restrict(whole, self.accounts, out, about, decided)


def parts(whole: Path, per: str) -> Iterator[Part]:
    """The parts of a published month by name, that of the accounts without one last.

    Args:
        whole: The month's folder.
        per: A key of `PER`.
    """
    from reporting.pipeline.render.addresses import addresses
    from reporting.snapshot.frozen import Snapshot

    none = f"no {per}"
    accounts = Snapshot.load(whole / "snapshot").accounts.reindex(columns=["account_id", PER[per]])
    by_name: dict[str, set[str]] = {}
    for id, name in accounts.itertuples(index=False):
        known = isinstance(name, str) and name.strip()
        by_name.setdefault(name if known else none, set()).add(id)
    names = sorted(by_name, key=lambda name: (name == none, name.casefold(), name))
    for name, address in addresses(names).items():
        yield Part(per, name, address, frozenset(by_name[name]), whole)


def require_per(per: str | None, only: list[str]) -> str | None:
    """`per`, if a company can be parted by it.

    Raises:
        ConfigError: It can't, or only some notebooks are to run.
    """
    if per is not None and per not in PER:
        raise ConfigError(
            f"a company can't be parted by '{per}'.{did_you_mean(per, PER)}",
            where=f"--per {per}",
            remedy=f"Use one of: {', '.join(PER)}.",
        )
    if per and only:
        raise ConfigError(
            "parts are published whole.", where=f"--per {per}", remedy="Leave out --only, or leave out --per."
        )
    return per
