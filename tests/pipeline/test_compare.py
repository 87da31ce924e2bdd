"""A difference is described so that a reader can start looking."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typst
from PIL import Image

from reporting.pipeline.compare import Difference, details, differences, gathered
from reporting.pipeline.manifest import inventory


@pytest.fixture
def pair(tmp_path):
    """Write a file twice and compare."""

    def compare(name: str, old: str | bytes, new: str | bytes) -> list[str]:
        paths = []
        for side, content in (("old", old), ("new", new)):
            (tmp_path / side).mkdir(exist_ok=True)
            paths.append(tmp_path / side / name)
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(details(*paths))

    return compare


def test_text_differs_at_each_of_its_lines(pair):
    assert pair("a.csv", "a,b\n1,2\n", "a,b\n1,3\n") == ["line 2: '1,2' -> '1,3'"]
    assert pair("a.csv", "a\n", "a\nb\n") == ["line 2: added, 'b'"]
    assert pair("a.csv", "a\nb\nc\n", "b\nd\n") == ["line 1: gone, 'a'", "line 3: 'c' -> 'd'"]


def test_a_long_line_is_shown_around_the_difference(pair):
    (detail,) = pair("a.html", "x" * 500 + "1" + "y" * 500, "x" * 500 + "2" + "y" * 500)
    assert len(detail) < 160
    assert "x1y" in detail
    assert "x2y" in detail


def test_a_notebook_differs_at_each_of_its_cells(pair):
    old, new = ({"cells": [{"source": x}, {"source": "a"}, {"source": x}]} for x in ("b", "c"))
    first, second = pair("a.ipynb", json.dumps(old), json.dumps(new))
    assert first.startswith("cell 1: ") and second.startswith("cell 3: ")
    old, new = ({"cells": [], "metadata": text} for text in ("b", "c"))
    assert pair("a.ipynb", json.dumps(old), json.dumps(new)) == ["metadata"]
    assert pair("a.ipynb", json.dumps(old), "{") == ["one of the two can't be read: JSONDecodeError"]


def test_a_picture_differs_in_its_words_and_shapes(pair):
    drawing = '<svg><text>{}</text><path d="M0 {}"/></svg>'
    assert pair("a.svg", drawing.format("NRR 98", 1), drawing.format("NRR 97", 2)) == [
        "picture: 'NRR 98' -> 'NRR 97'",
        "picture: 1 of 3 shapes drawn otherwise",
    ]


def test_pixels_differ_within_a_box(pair):
    image = Image.new("RGB", (8, 6))
    other = image.copy()
    other.putpixel((2, 3), (0, 0, 255))
    files = [io.BytesIO() for _ in range(2)]
    for each, file in zip((image, other), files, strict=True):
        each.save(file, "PNG")
    assert pair("a.png", *(file.getvalue() for file in files)) == [
        "picture: pixels differ from (2, 3) to (3, 4)"
    ]


def page(words: str, line: int) -> str:
    return f"#set page(width: 200pt, height: 200pt)\n{words}\n#line(length: {line}pt)\n"


def test_a_pdf_differs_page_by_page(pair):
    old = page("First 98", 9) + "#pagebreak()\nSecond"
    new = page("First 97", 9) + "#pagebreak()\nSecond\n#pagebreak()\nThird"
    old, new, drawn = (typst.compile(text.encode()) for text in (old, new, page("First 98", 5)))
    assert pair("a.pdf", old, new) == ["page 1: '98' -> '97'", "page 3: added"]
    assert pair("a.pdf", old, drawn) == ["page 1: drawn otherwise, with the same words", "page 2: gone"]


def table(**columns: list) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def test_a_table_differs_in_its_columns_and_floats_by_so_much(pair):
    old = table(id=["a", "b", None], p=[0.5, None, 2.0], n=[1, 2, 3], gone=[1, 1, 1])
    new = table(id=["a", "c", None], p=[0.5 * (1 + 2e-13), None, 2.0], n=[1, 2, 3], came=[1, 1, 1])
    assert pair("a.parquet", old, new) == [
        "column gone: gone",
        "column came: added",
        "column id: 1 of 3 rows",
        "column p: 1 of 3 rows, by 2e-13 of the value at most",
    ]
    assert pair("a.parquet", table(n=[1, 2]), table(n=[1])) == ["2 rows, now 1"]
    assert pair("a.parquet", table(x=[0.0, None]), table(x=[1.0, 0.0])) == ["column x: 2 of 2 rows"]


def test_a_damaged_table_is_told(pair):
    assert pair("a.parquet", table(n=[1]), b"PAR1") == ["one of the two can't be read: ArrowInvalid"]


def test_other_files_differ_at_a_byte(pair):
    assert pair("a.woff2", b"wOF2-1", b"wOF2-2") == ["byte 5 (6 bytes, now 6)"]
    assert pair("a.woff2", b"wOF2", b"wOF2-2") == ["byte 4 (4 bytes, now 6)"]
    assert pair("a.woff2", b"same", b"same") == ["equal now, other than its hash says"]


def test_a_difference_is_told_with_as_many_places_as_one_asks_for():
    one, many = (Difference("a.csv", "changed", tuple("xyz"[:number])) for number in (1, 3))
    assert str(one) == one.told(20) == "a.csv: changed, x"
    assert str(many) == "a.csv: changed, x and 2 more"
    assert many.told(2) == "a.csv: changed\n    x\n    y\n    and 1 more"


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


def test_a_folder_that_the_first_month_has_not_is_one_difference():
    added = [Difference(path, "added") for path in ("new/a.html", "new/b/c.html", "data/x.csv", "come.pdf")]
    changed = Difference("data/old.csv", "changed")
    assert gathered([changed, *added], ["data/old.csv", "index.html"]) == [
        *(changed, added[2], added[3]),
        Difference("new/", "added", ("2 files",)),
    ]


def test_only_a_changed_picture_or_pdf_is_to_be_looked_at():
    kinds = [("fig.svg", "changed"), ("a.pdf", "changed"), ("a.pdf", "missing"), ("a.html", "changed")]
    assert [Difference(path, kind).is_picture for path, kind in kinds] == [True, True, False, False]
