"""Read a frozen snapshot. Reports need nothing else: no source, no engine, no network.

A snapshot is a folder of Parquet files and a `meta.json`, written by `reporting.snapshot.build`. Large
monthly tables lie in parts: a file for each month of the report month's year, and for each year before.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from reporting.contract.tables import TABLES as CANONICAL
from reporting.errors import SourceError
from reporting.month import Month
from reporting.params.product import Product

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from reporting.snapshot.explain import Changes

SCHEMA = 2
PART, DECIDED = "part", "decided"
"""Key of `meta.json` that tells of a part, and folder of what was decided of its accounts in the whole."""
READABLE = (1, 2)  # schema 1 had one file for each table
OPTIONAL = tuple(table.name for table in CANONICAL.values() if table.frozen)
"""Tables that a source may lack."""
TABLES = (
    "accounts",
    "account_month",
    "user_month",
    "feature_month",
    "account_feature_month",
    "account_week",
    "activation_steps",
    "ledger",
    "subscriptions",
    "portfolio_month",
    "outcomes",
    "findings",
    *OPTIONAL,
)


class Snapshot:
    """What one month's reports may know.

    Every table is an attribute, read on first use as a pandas frame: `snapshot.account_month`. Money is
    integer minor units of `currency` (columns ending in `_cents`), months are the first day as datetime64,
    null means "not available" and never zero. A table the source doesn't have is `None`.

    Attributes:
        path: The folder.
        meta: The whole of `meta.json`.
    """

    accounts: pd.DataFrame
    account_month: pd.DataFrame
    user_month: pd.DataFrame
    feature_month: pd.DataFrame
    account_feature_month: pd.DataFrame
    account_week: pd.DataFrame
    activation_steps: pd.DataFrame
    ledger: pd.DataFrame
    subscriptions: pd.DataFrame
    portfolio_month: pd.DataFrame
    outcomes: pd.DataFrame
    findings: pd.DataFrame
    users: pd.DataFrame | None
    tickets: pd.DataFrame | None
    cancellations: pd.DataFrame | None
    acquisition: pd.DataFrame | None
    surveys: pd.DataFrame | None

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        self.path = path
        self.meta = meta
        self._frames: dict[str, pd.DataFrame | None] = {}

    @classmethod
    def load(cls, path: str | Path) -> Snapshot:
        """Open the snapshot in folder `path`.

        Raises:
            SourceError: There is no snapshot, or another version of the package wrote it.
        """
        folder = Path(path)
        try:
            meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SourceError(
                "there is no snapshot here.",
                where=folder,
                remedy="Build one with `make monthly-report` (or `make demo-data` for the demo company).",
            ) from None
        except json.JSONDecodeError as error:
            message = f"meta.json is not readable: {error}."
            raise SourceError(message, where=folder, remedy="Build it again.") from None
        if meta.get("schema") not in READABLE:
            message = f"the snapshot has schema {meta.get('schema')}, this version reads schema 1 and 2."
            raise SourceError(message, where=folder, remedy="Build it again with this version.")
        return cls(folder, meta)

    def __getattr__(self, name: str) -> pd.DataFrame | None:
        if name not in TABLES:
            raise AttributeError(f"a snapshot has no table '{name}'; it has {', '.join(TABLES)}")
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def _read(self, name: str) -> pd.DataFrame | None:
        paths = self.files(name)
        if not paths and name in OPTIONAL:
            return None
        return read_frame(*paths)

    def files(self, name: str) -> list[Path]:
        """The Parquet files of a table: one, or for large monthly tables their parts, in order."""
        whole = self.path / f"{name}.parquet"
        return [whole] if whole.exists() else sorted((self.path / name).glob("*.parquet"))

    @cached_property
    def product(self) -> Product:
        """The product definition the snapshot was built with."""
        return Product.model_validate(self.meta["product"])

    @cached_property
    def parts(self) -> ir.Table:
        """What every account adds to every portfolio figure; see `Changes`."""
        from reporting.snapshot.explain import parts_of_figures

        return parts_of_figures(self)

    @property
    def month(self) -> Month:
        """The report month."""
        return Month.parse(self.meta["month"])

    @property
    def hash(self) -> str:
        """SHA-256 over the content hashes of all files: equal hashes mean equal figures."""
        return self.meta["hash"]

    @property
    def identity(self) -> str:
        """SHA-256 of all it says, but for what it was read from.

        A living source has new rows every day; a month whose snapshot they don't touch is still the same.
        """
        said = {key: value for key, value in self.meta.items() if key != "sources"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def currency(self) -> str:
        """ISO code of the reporting currency."""
        return self.meta["currency"]

    @property
    def unavailable(self) -> dict[str, list[str]]:
        """Metric id -> the tables or columns it needs and the source doesn't have."""
        return self.meta["unavailable"]

    def at(self, month: Month | None = None) -> pd.DataFrame:
        """The rows of `account_month` at one month's close (default: the report month), with the
        account's name and attributes joined on."""
        when = pd.Timestamp((month or self.month).start)
        rows = self.account_month[self.account_month["month"] == when]
        known = [c for c in self.accounts.columns if c == "account_id" or c not in rows.columns]
        return rows.merge(self.accounts[known], on="account_id", how="left", validate="one_to_one")

    def changes(self, month: Month | None = None, against: Month | None = None) -> Changes:
        """The accounts behind the change of every portfolio figure between two months.

        Args:
            month: The later month; default the report month.
            against: The earlier month; default the month before.
        """
        from reporting.snapshot.explain import Changes

        later = month or self.month
        return Changes(self, against or later.shift(-1), later)

    def series(self, metric: str) -> pd.Series:
        """A portfolio metric by month; empty when it isn't available."""
        rows = self.portfolio_month[self.portfolio_month["metric"] == metric]
        return rows.set_index("month")["value"].sort_index()

    def value(self, metric: str, month: Month | None = None) -> float | None:
        """A portfolio metric at one month (default: the report month); None when not available."""
        found = self.series(metric).get(pd.Timestamp((month or self.month).start))
        return None if found is None or pd.isna(found) else float(found)


def read_frame(*paths: Path) -> pd.DataFrame:
    """The rows of frozen files, one after another; yes-or-no columns keep their unknowns."""
    table = pa.concat_tables([pq.read_table(path) for path in paths])
    frame = table.to_pandas()
    for field in table.schema:
        if pa.types.is_boolean(field.type) and table[field.name].null_count:
            frame[field.name] = frame[field.name].astype("boolean")
    return frame
