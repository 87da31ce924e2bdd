"""Which accounts of a month are reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reporting.errors import ConfigError, did_you_mean
from reporting.pipeline.render.addresses import addresses


@dataclass(frozen=True)
class Wanted:
    """A review that is asked for.

    Attributes:
        account: The account's id.
        title: Its name, as long as a title may be.
        file: What its files are called, without suffix; the same as those of its page.
    """

    account: str
    title: str
    file: str


def choose(snapshot: Path, ids: Sequence[str], stance: str | None, owner: str | None) -> list[Wanted]:
    """The accounts named, or all of a stance, of an owner or of both, each once.

    Args:
        snapshot: Folder of the month's snapshot, its judgement beside it.

    Raises:
        ConfigError: There is no such account, stance or owner, nobody has them, or the request says nothing.
    """
    from reporting.present.markdown import clean
    from reporting.present.words import cut
    from reporting.reports.account_review.data import NAME, Month

    if bool(ids) == bool(stance or owner):
        raise ConfigError(
            "say whose review is wanted: accounts by their ids, or those of a stance or an owner.",
            remedy="`reporting account-review A0074 A0112`, or `reporting account-review --stance rescue`.",
        )
    month = Month(snapshot)  # let go of afterwards: what makes the reviews has read it for itself
    if ids:
        accounts = [month.account(id) for id in dict.fromkeys(ids)]
    else:
        _require_known(stance, owner, month.owners)
        accounts = month.chosen(stance, owner)
    if not accounts:
        raise ConfigError(f"no account of {month.book.label} is of that stance and owner.")
    files = addresses(month.accounts)
    titles = [cut(clean(account.name), NAME) or account.id for account in accounts]
    return [
        Wanted(account.id, title, files[account.id]) for account, title in zip(accounts, titles, strict=True)
    ]


def _require_known(stance: str | None, owner: str | None, owners: set[str]) -> None:
    from reporting.reports.account_pages.verdict import STANCES

    for what, given, known in (("stance", stance, list(STANCES)), ("owner", owner, sorted(owners))):
        if given is not None and given not in known:
            raise ConfigError(
                f"there is no {what} '{given}'.{did_you_mean(given, known)}",
                where=f"--{what} {given}",
                remedy=f"There are: {', '.join(known[:20])}{', ...' if len(known) > 20 else ''}.",
            )
