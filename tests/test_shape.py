"""A file holds one idea and a function one step of it: what outgrows a limit is two."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "src").rglob("*.py"))
FILE_LINES = 300
FUNCTION_LINES = 60
"""From `def` to the last line, docstring included."""


def test_no_file_is_longer_than_its_limit():
    lines = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert lines
    long = [f"{path}: {n} lines" for path, n in lines.items() if n > FILE_LINES]
    assert not long, f"over {FILE_LINES} lines, to be split by idea: {', '.join(long)}"


def test_no_function_is_longer_than_its_limit():
    long = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    long.append(f"{where} {node.name}: {lines} lines")
    assert not long, f"over {FUNCTION_LINES} lines, to be split by idea: {', '.join(long)}"
