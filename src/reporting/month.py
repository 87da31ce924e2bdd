"""The reporting month: a half-open interval `[start, close)` of calendar time."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from reporting.errors import ConfigError


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month.

    Args:
        year: Four-digit year.
        number: 1 to 12.
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `YYYY-MM`.

        Raises:
            ConfigError: The text is anything else.
        """
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", str(text).strip())
        if match is None:
            raise ConfigError(f"'{text}' is not a month.", remedy="Write it as YYYY-MM, for example 2026-10.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """The month that holds `day`."""
        return cls(day.year, day.month)

    @classmethod
    def last_closed(cls, today: dt.date) -> Month:
        """The last month that has ended before `today`."""
        return cls.of(today).shift(-1)

    def shift(self, months: int) -> Month:
        """The month `months` later (earlier if negative)."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def start(self) -> dt.datetime:
        """First instant of the month."""
        return dt.datetime(self.year, self.number, 1)

    @property
    def close(self) -> dt.datetime:
        """First instant of the next month; what happens then is no longer seen."""
        return self.shift(1).start

    @property
    def label(self) -> str:
        """`October 2026`, in English whatever the locale."""
        names = "January February March April May June July August September October November December"
        return f"{names.split()[self.number - 1]} {self.year}"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
