"""Blocks carry their content as data beside a plain view."""

import json

import pandas as pd
import pytest

from reporting.present import blocks, formats, mime, style


def chart(label="fig-a", **given):
    fig, ax = style.figure()
    ax.plot([0, 1], [1, 2])
    style.title(ax, "Up by 5% & <b>", "Note")
    return blocks.Figure(fig, label, **({"caption": "A caption.", "alt": "A line."} | given))


def test_figure_is_the_same_bytes_each_time_and_keeps_its_text():
    first, second = chart().svg, chart().svg
    assert first == second
    assert "Up by 5% &amp; &lt;b&gt;" in first
    assert "<metadata" not in first and "<style" not in first


def test_two_figures_share_no_id():
    import re

    ids = [set(re.findall(r' id="([^"]+)"', chart(label).svg)) for label in ("fig-a", "fig-b")]
    assert ids[0] and not ids[0] & ids[1]


def test_dollar_signs_in_charts_are_no_mathematics():
    fig, ax = style.figure()
    ax.set_title("$5 Coffee $6")
    assert "$5 Coffee $6" in blocks.Figure(fig, "fig-a", "C.", "A.").svg


def test_names_in_foreign_scripts_raise_no_warning():
    fig, ax = style.figure()
    ax.plot([0, 1], [0, 1], label="株式会社")
    style.label_lines(ax)
    assert "株式会社" in blocks.Figure(fig, "fig-a", "C.", "A.").svg


def test_table_formats_aligns_and_marks_what_is_missing():
    frame = pd.DataFrame({"name": ["a|b", None], "cents": [123400, None]})
    table = blocks.Table.of(
        frame, {"name": "Account", "cents": ("MRR", formats.money)}, label="tbl-a", caption="C."
    )
    assert [column.align for column in table.columns] == ["left", "right"]
    assert table.rows == [["a|b", "1,234"], ["n/a", "n/a"]]
    assert table.view()["text/markdown"].splitlines()[2] == "| a\\|b | 1,234 |"


def test_columns_of_formatted_numbers_are_set_flush_right():
    shown = {
        "money": ["$1.2M", f"{formats.MINUS}$3,400"],
        "p": ["0.04", "< 0.001"],
        "share": ["4.1%", "not available"],
        "interval": ["10% (5 to 21)", "4%"],
        "months": ["2026-10", "2026-09"],
        "nothing": ["n/a", "n/a"],
    }
    table = blocks.Table.of(pd.DataFrame(shown), {name: name for name in shown}, label="tbl-a", caption="C.")
    assert [c.header for c in table.columns if c.align == "right"] == ["money", "p", "share"]


def test_key_figures_begin_with_a_capital():
    assert [blocks.KeyFigure(label, "1").label for label in ("paying accounts", "MRR")] == [
        "Paying accounts",
        "MRR",
    ]


def test_spec_is_json_without_the_picture():
    spec = chart()._repr_mimebundle_()[mime.BLOCK]
    assert json.loads(json.dumps(spec)) == {
        "kind": "figure",
        "label": "fig-a",
        "caption": "A caption.",
        "alt": "A line.",
    }


def test_sequences_are_flattened_and_shown_one_by_one(capsys):
    text = blocks.Text("x")
    nested = blocks.Blocks([text, [text, blocks.Blocks([text])]])
    assert nested == [text, text, text]


@pytest.mark.parametrize(
    "make",
    [
        lambda: chart("mrr"),
        lambda: chart("fig-MRR"),
        lambda: chart(alt=" "),
        lambda: blocks.Table([blocks.Column("a")], [["1", "2"]], "tbl-a", "C."),
        lambda: blocks.Table([blocks.Column("a")], [["1"]], "tbl-a", ""),
        lambda: blocks.Callout("danger", "t", "m"),
    ],
)
def test_incomplete_blocks_are_refused(make):
    with pytest.raises(ValueError, match=r".+"):
        make()


def test_a_long_name_is_cut_on_pages_and_other_text_is_not():
    frame = pd.DataFrame({"account_name": ["x" * 3000, "Acme"], "why": ["y" * 300, ""]})
    rows = blocks.Table.of(frame, {"account_name": "Account", "why": "Why"}, label="tbl-a", caption="C.").rows
    assert rows == [["x" * 59 + "…", "y" * 300], ["Acme", ""]]
