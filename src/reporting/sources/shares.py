"""Which files the rows of a table come from, and which of them can be read by themselves.

Rows can be told apart by file where a SELECT goes row by row over one table. Nothing is taken on trust: a
SELECT that isn't understood, or may give other rows from the same files, has no shares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType

_MOMENTS = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
_PLAIN = {"if", "nullif", "split_part"}  # macros to DuckDB, which says nothing of their kind
_PER_ROW = {"expressions", "from_", "where", "order"}  # clauses that look at one row at a time


@dataclass(frozen=True)
class Shares:
    """Rows of a table by the files they come from; together they are the table.

    Attributes:
        files: The files of each share.
        rows: Canonical rows of the share last turned to.
        turn_to: Makes `rows` those of a share.
        reading: All that the rows depend on but the files and the expression `rows`.
    """

    files: list[tuple[Path, ...]]
    rows: ir.Table
    turn_to: Callable[[tuple[Path, ...]], None]
    reading: str


def tables_read(sql: str, con: duckdb.DuckDBPyConnection) -> set[str] | None:
    """Names, in lower case, of the tables a SELECT reads.

    None unless the same tables are sure to give the same rows: it may read files by itself, draw a sample, or
    call a function that depends on more than its arguments.
    """
    tree = _parsed(sql)
    kinds = _functions(con)
    fickle = kinds["fickle"] | _MOMENTS
    if tree is None or tree.find(exp.TableSample) or _called(sql) & fickle:
        return None
    tables = list(tree.find_all(exp.Table))
    if not all(isinstance(table.this, exp.Identifier) for table in tables):
        return None
    known = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    return {table.name.lower() for table in tables} - known


def row_by_row(sql: str, con: duckdb.DuckDBPyConnection) -> bool:
    """Whether every row a SELECT returns follows from one row of the one table it reads."""
    tree = _parsed(sql)
    if not isinstance(tree, exp.Select) or {name for name, arg in tree.args.items() if arg} - _PER_ROW:
        return False
    if len([*tree.find_all(exp.Query)]) > 1 or tree.find(exp.Window):
        return False
    tables = list(tree.find_all(exp.Table))
    plain = len(tables) == 1 and not {name for name, arg in tables[0].args.items() if arg} - {"this", "alias"}
    return plain and not _called(sql) & _functions(con)["gathering"]


def _parsed(sql: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return None


def _called(sql: str) -> set[str]:
    """Words that stand before a bracket, and those for the present, which need none."""
    tokens = sqlglot.tokenize(sql, read="duckdb")
    called = {word.text.lower() for word, after in pairwise(tokens) if after.token_type == TokenType.L_PAREN}
    return called | ({word.text.lower() for word in tokens} & _MOMENTS)


def _functions(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Functions by what DuckDB says of them: `fickle` and `gathering` (they look at many rows)."""
    known = con.execute("SELECT DISTINCT function_name, function_type, stability FROM duckdb_functions()")
    found: dict[str, set[str]] = {"fickle": set(), "gathering": set()}
    for name, kind, stability in known.fetchall():
        if kind in ("aggregate", "window"):
            found["gathering"].add(name)
        elif (kind == "scalar" and stability != "CONSISTENT") or (kind == "macro" and name not in _PLAIN):
            found["fickle"].add(name)
    return found
