"""What a server's URL holds reaches no reader: neither the URL nor a part of it, raw or decoded."""

from __future__ import annotations

import re
from urllib.parse import unquote, unquote_plus

HIDDEN = "***"
_BETWEEN = re.compile(r"[:/@?&=#;,\s'\"\\\[\]]+")
_PUBLIC = {
    "postgres", "postgresql", "snowflake", "bigquery", "databricks", "spark", "pyspark", "sql", "local",
    "user", "username", "password", "host", "hostaddr", "port", "dbname", "database", "schema", "catalog",
    "warehouse", "warehouses", "role", "options", "sslmode", "disable", "prefer", "require", "public", "true",
    "false",
}  # fmt: skip
"""Words of a URL that are in every such URL."""
_LONG = 4  # shorter parts are hidden where they stand as words; inside other words they would be chance
_parts: set[str] = set()


def keep(url: str) -> None:
    """Hide `url` and its parts from now on, whatever its form: a URL, `user=... password=...`, or neither."""
    _, _, body = url.rpartition("://")
    login, _, _ = body.rpartition("@")
    whole = {url, body, login, login.partition(":")[2]}
    for part in whole | set(_BETWEEN.split(url)):
        _parts.update({part, unquote(part), unquote_plus(part)})
    _parts.difference_update({"", *_PUBLIC})


def hidden(text: str) -> str:
    """`text` with everything that a URL given to `keep` holds replaced by `***`."""
    for part in sorted(_parts, key=len, reverse=True):
        pattern = re.escape(part)
        if len(part) < _LONG:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        text = re.sub(pattern, HIDDEN, text, flags=re.IGNORECASE)
    return text
