"""What every page of a run says about the run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reporting.month import Month
from reporting.present.brand import Brand, current_brand

if TYPE_CHECKING:
    from reporting.pipeline.render.accounts import AccountPages


@dataclass(frozen=True)
class RunContext:
    """The run a site is rendered for.

    Args:
        source: Source name, as in `reports/<source>/`; of a part with the folders that it lies in.
        title: The source's title; stands for the company where the brand names none.
        month: The reporting month.
        run_id: Identifies the run on every page.
        snapshot_hash: Content hash of the snapshot the figures come from.
        brand: Look; the one in force by default.
        companions: Title -> path, relative to the site, of files others put beside the pages (manifest, CSV);
            pages link to them.
        warnings: Number of data-quality warnings, shown on the front page.
        accounts: The pages beside the reports, to which account names lead; None where there are none.
    """

    source: str
    title: str
    month: Month
    run_id: str
    snapshot_hash: str = ""
    brand: Brand = field(default_factory=current_brand)
    companions: Mapping[str, str] = field(default_factory=dict)
    warnings: int = 0
    accounts: AccountPages | None = None

    @property
    def company(self) -> str:
        """The brand's name, else the source's title; that of a part always."""
        return self.title if "/" in self.source else self.brand.name or self.title

    @property
    def timestamp(self) -> dt.datetime:
        """The month's close in UTC: the date of every file made, so that bytes repeat."""
        return self.month.close.replace(tzinfo=dt.UTC)
