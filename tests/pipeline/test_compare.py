"""A difference is described so that a reader can start looking."""

from __future__ import annotations

import json

import pytest

from reporting.pipeline.compare import differences, first_difference
from reporting.pipeline.manifest import inventory


@pytest.fixture
def pair(tmp_path):
    """Write a file twice and compare."""

    def compare(name: str, old: str | bytes, new: str | bytes) -> str:
        paths = []
        for side, content in (("old", old), ("new", new)):
            (tmp_path / side).mkdir(exist_ok=True)
            paths.append(tmp_path / side / name)
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        return first_difference(*paths)

    return compare


def test_text_differs_at_a_line(pair):
    assert pair("a.csv", "a,b\n1,2\n", "a,b\n1,3\n") == "line 2: '1,2' -> '1,3'"
    assert pair("a.csv", "a\n", "a\nb\n") == "line 2: '(end)' -> 'b'"


def test_a_long_line_is_shown_around_the_difference(pair):
    detail = pair("a.html", "x" * 500 + "1" + "y" * 500, "x" * 500 + "2" + "y" * 500)
    assert len(detail) < 160
    assert "x1y" in detail
    assert "x2y" in detail


def test_a_notebook_differs_at_a_cell(pair):
    old, new = ({"cells": [{"source": "a"}, {"source": text}]} for text in ("b", "c"))
    assert pair("a.ipynb", json.dumps(old), json.dumps(new)).startswith("cell 2: ")
    old, new = ({"cells": [], "metadata": text} for text in ("b", "c"))
    assert pair("a.ipynb", json.dumps(old), json.dumps(new)) == "metadata"


def test_other_files_differ_at_a_byte(pair):
    assert pair("a.pdf", b"%PDF-1", b"%PDF-2") == "byte 5 (6 bytes, now 6)"
    assert pair("a.pdf", b"%PDF", b"%PDF-2") == "byte 4 (4 bytes, now 6)"


def test_files_come_in_the_order_of_their_making(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, text in ((old, "1"), (new, "2")):
        for name in ("churn.html", "documents/churn.qmd", "notebooks/churn.html", "snapshot/meta.json"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    (old / "gone.pdf").write_text("")
    (new / "come.pdf").write_text("")
    (old / "same.txt").write_text("")
    (new / "same.txt").write_text("")
    found = differences(inventory(old), inventory(new), old, new)
    assert [(difference.path, difference.kind) for difference in found] == [
        ("snapshot/meta.json", "changed"),
        ("notebooks/churn.html", "changed"),
        ("documents/churn.qmd", "changed"),
        ("churn.html", "changed"),
        ("come.pdf", "added"),
        ("gone.pdf", "missing"),
    ]
