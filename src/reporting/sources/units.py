"""Whether a SELECT takes amounts from a column that its own name says to be in minor units."""

from __future__ import annotations

import re

from reporting.contract import Finding

_MINOR = re.compile(r"(^|_)(cents|unit_amount|minor|minor_units)($|_)", re.IGNORECASE)
_DIVIDED = re.compile(r"/\s*100(?![0-9])|\*\s*0?\.01(?![0-9])")


def undivided(sql: str) -> list[Finding]:
    """A warning if the SELECT of subscriptions reads a column of cents and divides nothing by 100."""
    code = re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL)
    named = [word for word in re.findall(r"\w+", code) if _MINOR.search(word)]
    if not named or _DIVIDED.search(code):
        return []
    return [
        Finding(
            "minor_units", "warning", "subscriptions", "amount", 0, 0,
            f"The SELECT reads {named[0]} and divides nothing by 100, so amounts may be minor units (cents).",
            [],
            f"If they are, write {named[0]} / 100.0 AS amount in subscriptions.sql.",
        )
    ]  # fmt: skip
