"""How a country writes numbers, money and shares, by Babel: `1.234,5`, `10 €`, `12,3 %`.

The reports stay English, and their dates are in words. Without a locale, or with `en_US`, Babel isn't asked.
"""

from __future__ import annotations

import copy
import functools
import os
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from reporting.errors import did_you_mean

DEFAULT = "en_US"
_in_force: list[str] = []


class Country:
    """A country's way to write.

    Args:
        name: As Babel knows it, `de_DE`.

    Attributes:
        decimal: The mark before decimals.
        tag: The name as browsers know it, `de-DE`.

    Raises:
        ValueError: There is no such locale; with the nearest.
    """

    def __init__(self, name: str) -> None:
        from babel import Locale, localedata

        known = localedata.locale_identifiers()
        if name not in known:
            raise ValueError(f"expected a locale such as de_DE, found {name!r}.{did_you_mean(name, known)}")
        self._locale = Locale.parse(name)
        self.tag = name.replace("_", "-")
        self.decimal: str = self._locale.number_symbols["latn"]["decimal"]

    def number(self, plain: str) -> str:
        """`1234.50` as it is written there, with as many decimals."""
        pattern = copy.copy(self._locale.decimal_formats[None])
        decimals = len(plain.partition(".")[2])
        pattern.frac_prec = (decimals, decimals)
        return _spaced(pattern.apply(Decimal(plain), self._locale))

    def around_money(self, currency: str) -> tuple[str, str]:
        """What stands before and after an amount."""
        from babel.numbers import get_currency_symbol

        symbol = get_currency_symbol(currency, self._locale)
        before, after = _around(self._locale.currency_formats["standard"])
        if "$" in symbol and "¤" in after:
            symbol = currency  # a dollar behind a number would begin a formula in Markdown
        gap = "\u00a0" if symbol[-1].isalpha() and before.endswith("¤") else ""
        return _spaced(before.replace("¤", symbol) + gap), _spaced(after.replace("¤", symbol))

    @property
    def around_percent(self) -> tuple[str, str]:
        """What stands before and after a percentage."""
        before, after = _around(self._locale.percent_formats[None])
        return _spaced(before), _spaced(after)


def _around(pattern: Any) -> tuple[str, str]:
    return pattern.prefix[0], pattern.suffix[0]


def _spaced(text: str) -> str:
    """With one kind of space that doesn't break, which every font has."""
    return text.replace("\u202f", "\u00a0")


def country() -> Country | None:
    """The one in force: that of `writing_as`, else that of the brand; None is the way of `formats` itself."""
    name = _in_force[-1] if _in_force else _of_the_brand(os.environ.get("REPORTING_BRAND"), os.getcwd())
    return None if name == DEFAULT else _country(name)


@contextmanager
def writing_as(name: str) -> Generator[None]:
    """Write numbers in this way wherever the process stands."""
    _in_force.append(name)
    try:
        yield
    finally:
        _in_force.pop()


_country = functools.cache(Country)


@functools.lru_cache(maxsize=8)
def _of_the_brand(_named: str | None, _here: str) -> str:
    """The brand's in this folder and environment, looked up once: numbers are many."""
    from reporting.present.brand import current_brand

    return current_brand().locale
