"""The embedded engine the panel is computed in: small tables from the source, roll-ups from the cache.

Raw events stay where they live; what leaves the source is its roll-ups and its small tables.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from reporting.errors import SourceError
from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.localtime import to_local
from reporting.metrics.usage import ROLLUPS
from reporting.month import Month
from reporting.sources.connect import embedded

ibis.options.sql.fuse_selects = False  # DuckDB merges nested SELECTs itself, and sooner
_BIRTHS = {"accounts": "signed_up_at", "subscriptions": "valid_from"}


class Workspace:
    """An in-memory DuckDB with one table per canonical table, per roll-up and per intermediate result. All
    times in it are wall-clock times of the company's zone.

    Monthly tables hold the months that are computed now. Where an earlier snapshot still holds, its months
    come before them: `so_far` has both.

    Attributes:
        con: The Ibis connection.
        raw: The source's small tables as they came, with times in UTC.
        timezone: The company's zone.
        months: Every month from the first sign-up or subscription to the report month.
        fresh: The last of them, those that are computed now.
    """

    def __init__(
        self, tables: dict[str, pa.Table], rollups: dict[str, list[Path]], month: Month, timezone: str
    ) -> None:
        self.con = embedded()
        self._tables: dict[str, ir.Table] = {}
        raw = {
            name: self.con.create_table(f"raw_{name}", ibis.memtable(table)) for name, table in tables.items()
        }
        born = [raw[name][column].min().to_pyarrow().as_py() for name, column in _BIRTHS.items()]
        first = min(moment for moment in born if moment is not None)
        self.raw = raw
        self.timezone, self._first, self._close = timezone, first, month.close
        for name, table in raw.items():
            times = [c for c, type in table.schema().items() if type.is_timestamp()]
            self.keep(name, self.local(table, times) if name != "accounts" else self._accounts(table))
        for name in ROLLUPS:
            parts = self.con.read_parquet([str(path) for path in rollups[name]], table_name=f"raw_{name}")
            self._tables[name] = self.local(parts, [c for c in parts.columns if c.endswith("_at")])
        start = self["accounts"].signed_up_at.min().to_pyarrow().as_py() or first
        start = min(start, self["subscriptions"].valid_from.min().to_pyarrow().as_py() or start)
        self.months = self.fresh = months_between(Month.of(start), month)
        self._past: ir.Table | None = None
        self.keep("months", month_table(self.fresh))

    def go_on_after(self, last: Month, panel: list[Path]) -> None:
        """Take the months up to `last` from an earlier snapshot's panel.

        Args:
            last: Report month of the earlier snapshot.
            panel: Its parts, a file a month.
        """
        self.fresh = [month for month in self.months if month > last]
        self._past = self.con.read_parquet([str(path) for path in panel], table_name="past")
        self.forget("months")
        self.keep("months", month_table(self.fresh))

    def so_far(self, name: str, *columns: str) -> ir.Table:
        """The monthly table `name` (some columns of it, or all) with the months of the earlier snapshot."""
        if not self.fresh and self._past is not None:
            return self._past.select(*columns)
        rows = self[name].select(*columns) if columns else self[name]
        if self._past is None:
            return rows
        past = {column: self._past[column].cast(type) for column, type in rows.schema().items()}
        return ibis.union(self._past.select(**past), rows)

    def latest(self, rows: ir.Table) -> ir.Table:
        """Those rows of a monthly table that are computed now."""
        return rows.filter(rows.month >= ibis.literal(self.fresh[0].start, "timestamp(6)"))

    def _accounts(self, table: ir.Table) -> ir.Table:
        """Accounts; one that pays before it signs up has no sign-up yet."""
        accounts = self.local(table, ["signed_up_at"])
        known = accounts.signed_up_at < self._close
        return accounts.mutate(signed_up_at=known.ifelse(accounts.signed_up_at, ibis.null("timestamp(6)")))

    def local(self, table: ir.Table, columns: list[str]) -> ir.Table:
        """`table` with the UTC times in `columns` as wall-clock times."""
        times = {c: to_local(table[c], self.timezone, self._first, self._close) for c in columns}
        return table.mutate(**times) if times else table

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Compute `rows` now and call them `name`."""
        expression = ibis.memtable(rows) if isinstance(rows, pa.Table) else rows
        self._tables[name] = self.con.create_table(name, expression)
        return self._tables[name]

    def define(self, name: str, rows: ir.Table) -> None:
        """Call `rows` `name` without computing them: for what is read once."""
        self._tables[name] = rows

    def forget(self, *names: str) -> None:
        """Free the memory of tables that are not needed any more."""
        for name in names:
            if self._tables.pop(name, None) is not None:
                self.con.drop_table(name)

    def __getitem__(self, name: str) -> ir.Table:
        return self._tables[name]

    def get(self, name: str) -> ir.Table | None:
        """The table called `name`, None if the source doesn't map it."""
        return self._tables.get(name)

    def close(self) -> None:
        """Free the memory."""
        self.con.disconnect()


def rate_table(given: pa.Table, currencies: list[str], reporting: str, months: list[Month]) -> ir.Table:
    """`month`, `currency`, `rate` for every month and currency in use; the reporting currency's rate is 1.

    Args:
        given: The source's rates: month (date), currency, rate.
        currencies: Currencies of subscriptions and costs.
        reporting: Currency of the report.
        months: Months of the panel.

    Raises:
        SourceError: A rate is missing.
    """
    known = {
        (Month.of(row["month"]), row["currency"]): Decimal(str(row["rate"])) for row in given.to_pylist()
    }
    foreign = sorted(set(currencies) - {reporting})
    missing = [
        (month, currency) for currency in foreign for month in months if (month, currency) not in known
    ]
    if missing:
        month, currency = missing[0]
        raise SourceError(
            f"{len(missing)} exchange rates to {reporting} are missing, the first for {currency} in {month}.",
            where="exchange_rates",
            remedy="Add a line `month,currency,rate` for every month and currency in use.",
        )
    rates = {**known, **{(month, reporting): Decimal(1) for month in months}}
    rows = [
        {"month": month.start, "currency": currency, "rate": rates[month, currency]}
        for month in months
        for currency in [reporting, *foreign]
    ]
    return ibis.memtable(
        rows, schema={"month": "timestamp(6)", "currency": "string", "rate": "decimal(17, 8)"}
    )
