"""Strangers' text comes out of pandoc as it went in, in paragraphs, table cells and titles."""

import json
import subprocess

import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.present.markdown import clean, escape

# The readers our renderers use: pandoc's default and the extensions Quarto switches on.
READER = "markdown+autolink_bare_uris+tex_math_single_backslash+emoji+mark"

NASTY = [
    "*Acme* & Söhne <script>alert(1)</script>",
    "{{< meta title >}} {{% include /etc/passwd %}}",
    "O'Reilly \"Media\" -- 50% ... $5 and $6",
    "@fig-mrr [link](http://evil.example) ![x](y.png)",
    "https://evil.example/?a=1&b=2 www.evil.example me@evil.example",
    "# heading", "- item", "+ item", "1. item", "1) item", "(1) item", "(@) item", "a. item",
    "| pipe | pipe |", "    indented", "> quote", "Table: caption", ": caption", "::: {.callout}", "~~~",
    "```", "`code`{=html}", "---", "x^2^ H~2~O ~~gone~~ ==marked==", "\\(x\\) \\[y\\] \\begin{x}",
    "&amp; &#60; &lt;b&gt;", "[^1] [@doe]", ":smile:", "Mr. Smith", "tab\tnew\nline\r\nend\\",
    "a\u202eb\u0000c\u2028d", "%title", "_under_ __score__", "Řehoř 漢字 🙂 Ünal",
    "=1+2", "-", "+", "\\", "--", "A|B", "#", "<!-- c -->", "^[note]", "(a) b", "IV) x",
]  # fmt: skip


def plain(markdown: str) -> str:
    command = [pypandoc.get_pandoc_path(), "-f", READER, "-t", "json"]
    made = subprocess.run(command, input=markdown, capture_output=True, text=True, check=True)
    assert made.stderr == ""
    return made.stdout


def texts(markdown: str) -> list[str]:
    """Text of each paragraph, which may hold only words and spaces."""
    found = []
    for block in json.loads(plain(markdown))["blocks"]:
        assert block["t"] == "Para", block
        kinds = {inline["t"] for inline in block["c"]}
        assert kinds <= {"Str", "Space"}, block
        found.append("".join(inline.get("c", " ") for inline in block["c"]))
    return found


def same(found: str, text: str) -> bool:
    # pandoc joins "Mr." to the next word with a no-break space; to a reader it's the same
    return found.replace("\u00a0", " ") == clean(text).replace("\u00a0", " ")


@pytest.mark.parametrize("text", NASTY)
def test_nasty_names_stay_plain_text(text):
    if clean(text):
        (found,) = texts(escape(text))
        assert same(found, text)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text("\\*_[]<>|$@#^~'\"{}`&!-+.:()=%/1a \n", min_size=1, max_size=12),
            st.text(min_size=1, max_size=12),
            st.sampled_from(NASTY),
        ).filter(clean),
        min_size=20,
        max_size=60,
    )
)
def test_any_text_survives_as_a_paragraph(names):
    found = texts("\n\n".join(escape(name) for name in names))
    assert len(found) == len(names)
    for got, name in zip(found, names, strict=True):
        assert same(got, name)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text("\\*_[]<>|$@#^~'\"{}`&!-+.:()=%/1a ", max_size=10), min_size=20, max_size=40))
def test_any_text_survives_in_a_table_cell(names):
    names = [name for name in names if clean(name)]
    rows = "\n".join(f"| {escape(name)} | 1 |" for name in names)
    (table,) = json.loads(plain(f"| a | b |\n|---|--:|\n{rows}\n"))["blocks"]
    cells = [row[1][0][4] for row in table["c"][4][0][3]]
    assert len(cells) == len(names)
    for cell, name in zip(cells, names, strict=True):
        inlines = cell[0]["c"] if cell else []
        assert {inline["t"] for inline in inlines} <= {"Str", "Space"}, (name, inlines)
        assert same("".join(inline.get("c", " ") for inline in inlines), name)
