"""Each fault that must not reach a reader, planted: the run fails, names the place and publishes nothing."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

import nbformat
import pytest
from matplotlib.figure import Figure as MplFigure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from reporting.errors import ConfigError, RenderError
from reporting.pipeline import inputs
from reporting.pipeline.execute import Executed
from reporting.pipeline.render.check import check_site
from reporting.present import blocks
from reporting.present.brand import Brand

INJECTED = new_code_cell("snapshot = 'x'", metadata={"tags": ["injected-parameters"]}, id="i")
SOUND = new_markdown_cell("## A section {#here}", id="s")


def shows(block: blocks.Block):
    return new_code_cell("x", outputs=[new_output("execute_result", block._repr_mimebundle_())], id="c")


def says(text: str):
    return new_markdown_cell(text, id="m")


def fails():
    return new_code_cell(
        "x", outputs=[new_output("error", ename="KeyError", evalue="mrr", traceback=[])], id="e"
    )


@pytest.fixture
def executed(workshop, monkeypatch):
    """Put a notebook in place of the one that the run would execute: its cells, below an injected one."""

    def executed(*cells) -> None:
        workshop.notebook("mine")

        def run_notebooks(stage: Path, notebooks: dict, *_: object) -> list[Executed]:
            (stage / "notebooks").mkdir()
            made = stage / "notebooks" / "mine.ipynb"
            notebook = new_notebook(
                cells=[INJECTED, SOUND, *cells], metadata={"reporting": {"title": "Mine"}}
            )
            nbformat.write(notebook, made)
            return [Executed(notebooks["mine"], made, 0.1, [0.1], [], None)]

        monkeypatch.setattr("reporting.pipeline.produce.run_notebooks", run_notebooks)
        monkeypatch.setattr("reporting.pipeline.kernels.Forkserver", contextlib.nullcontext)

    return executed


@pytest.fixture
def refused(workshop, publish, month):
    """Run, and see it refused in the words given, nothing published, and the half-made month kept."""

    def refused(*words: str, **request) -> None:
        with pytest.raises(RenderError) as caught:
            publish(**request)
        for word in words:
            assert word in str(caught.value)
        assert caught.value.exit_code == 1
        assert ".staging" not in str(caught.value)
        assert "reporting-pdf-" not in str(caught.value), "a temporary file is no place to look at"
        assert not list((workshop.root / "reports").rglob("*"))
        assert (workshop.root / "build" / "tiny" / "2026-10" / "failed" / "notebooks" / "mine.ipynb").exists()

    return refused


DOCUMENT = "failed/documents/mine.qmd"
FAULTS = {
    "an error output": (fails(), "mine.ipynb", "cell 2 failed: KeyError: mrr"),
    "an unresolved reference": (says("See @fig-none."), "mine.ipynb", "cell 2 refers to @fig-none"),
    "an unresolved reference in a caption": (
        shows(blocks.Table([blocks.Column("A")], [["1"]], label="tbl-a", caption="As @tbl-b.")),
        "cell 2 refers to @tbl-b",
    ),
    "an unknown source": (says("So says [@smith2000]."), "cell 2 refers to @smith2000"),
    "an unwritten footnote": (says("So it is.[^why]"), "cell 2 refers to the footnote [^why]"),
    "a shortcode": (says("Of {{< meta month >}}."), "cell 2 holds the shortcode {{< meta month >}}"),
    "a picture that is not there": (says("![Logo](logo.png)"), "cell 2 shows the picture logo.png"),
    "two things of one name": (says("## Again {#here}"), DOCUMENT, "Duplicate identifier 'here'"),
    "formulas that are none": (says("$\\frac{a$"), DOCUMENT, "Could not convert TeX math"),
    "a dead link": (says("[x](nowhere.html)"), "failed", "mine.html: a dead link, nowhere.html"),
    "a dead link to a file": (says("[x](data/none.csv)"), "mine.html: a dead link, data/none.csv"),
    "a dead link in the page": (says("[x](#nowhere)"), DOCUMENT, "`#link(<nowhere>)[x]`"),
    "a dead link into another page": (
        says("[x](index.html#nowhere)"),
        "mine.html: a dead link, index.html#nowhere: nothing there has that id",
    ),
    "a dead link to another month": (
        says("[x](../2026-09/index.html)"),
        "mine.html: a dead link, ../2026-09",
    ),
    "a link that a mailed copy lacks": (says("[x](index.html)"), "mail/mine.html: a link that leads out"),
    "a link to the outside": (says("[x](https://a.example)"), "a link to the outside, https://a.example"),
    "a heading that leaves out a level": (says("#### Deep"), DOCUMENT, "mine.pdf", "`=== Deep`"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named_and_nothing_is_published(executed, refused, fault):
    cell, *words = FAULTS[fault]
    executed(cell)
    refused(*words)


def test_a_pandoc_warning_is_named_with_its_line(workshop, executed, refused):
    executed(says("::: {.callout-note}\nNever closed."))
    refused(DOCUMENT, "pandoc: [WARNING] Div at line")
    document = (workshop.root / "build" / "tiny" / "2026-10" / DOCUMENT).read_text()
    line = document[: document.index(":::")].count("\n") + 1
    refused(f"Div at line {line} column 1 unclosed")


def test_the_same_notebook_without_a_fault_is_published(executed, publish, month):
    executed(
        says(
            "See @fig-a.[^why] Or `@fig-none`, \\@fig-none, a@fig-none.example, [here](#here).\n\n[^why]: So."
        ),
        shows(blocks.Figure(MplFigure(), "fig-a", "A figure, as @fig-a.", "Nothing")),
    )
    assert publish().state == "published"
    assert (month / "mine.pdf").is_file()


def test_an_appendix_without_a_notebook_of_its_own_is_published(executed, publish, month):
    proof = says("How it was tested.")
    proof.id = "proof"
    proof.metadata["tags"] = ["appendix"]
    executed(says("Text."), proof)
    assert publish().state == "published"
    assert "How it was tested." in (month / "appendix.html").read_text()
    assert "How it was tested." not in (month / "mine.html").read_text()


def test_a_figure_without_its_picture_is_named(executed, refused):
    figure = shows(blocks.Figure(MplFigure(), "fig-a", "C.", "Alt"))
    del figure.outputs[0].data["image/svg+xml"]
    executed(figure)
    refused("mine.ipynb", "cell 2 has a figure fig-a without a picture")


def test_a_figure_that_gets_lost_on_the_way_is_named(executed, refused, monkeypatch):
    from reporting.pipeline.derive import derive

    def lossy(*arguments: object) -> list[Path]:
        documents = derive(*arguments)
        (documents[0].parent / "figures" / "mine" / "fig-a.svg").unlink()
        return documents

    monkeypatch.setattr("reporting.pipeline.derive.derive", lossy)
    executed(shows(blocks.Figure(MplFigure(), "fig-a", "C.", "Alt")))
    refused(DOCUMENT, "figures/mine/fig-a.svg is missing")


def test_a_typst_warning_is_named(executed, refused, monkeypatch):
    brand: Brand = inputs.load_brand(inputs.SHIPPED)
    unknown = dataclasses.replace(brand.font, family="Nowhere Sans")
    monkeypatch.setattr(inputs, "brand", lambda _: dataclasses.replace(brand, font=unknown))
    executed(says("Text."))
    refused(DOCUMENT, "setting mine.pdf: unknown font family: nowhere sans")


def test_every_link_of_the_archive_leads_somewhere(workshop, executed, publish, tiny_source):
    executed(says("Text."))
    publish()
    tiny_source.mrr = 200.0
    assert publish().kept is not None
    reports = workshop.root / "reports"
    pages = sorted(reports.rglob("*.html"))
    assert (
        len([page for page in pages if page.name == "index.html"]) == 4
    )  # archive, source, month, superseded
    check_site(pages, reports)


QUARTO = """#!/bin/sh
test "$1" = --version && echo {version} && exit
echo '[1/2] index.qmd' >&2
echo '[2/2] mine.qmd' >&2
cat >&2 <<'SAID'
{said}
SAID
exit {code}
"""

TYPST = """\
[typst]: Compiling mine.typ to mine.pdf...error: unknown variable: foo
    ┌─ mine.typ:375:1
    │
375 │ #foo(bar)
    │  ^^^
    = hint: if you meant to display multiple letters as is, try adding spaces

\033[91mERROR: error: unknown variable: foo
    ┌─ mine.typ:375:1
    │
375 │ #foo(bar)
    │  ^^^

\033[39m
\033[91mERROR: Typst compilation failed\033[39m"""
YAML = """\
ERROR: YAMLException: missed comma between flow collection entries (3:24)

 3 | format: {html: {toc: [a}}
----------------------------^

Stack trace:
    at generateError2 (quarto.js:16756:10)"""


@pytest.fixture
def quarto(monkeypatch, tmp_path_factory):
    """Put a command in Quarto's place."""

    def quarto(said: str = "", code: int = 0, version: str = "1.10.0") -> str:
        command = tmp_path_factory.mktemp("quarto") / "quarto"
        command.write_text(QUARTO.format(said=said, code=code, version=version))
        command.chmod(0o755)
        monkeypatch.setenv("QUARTO_PATH", str(command))
        return str(command)

    return quarto


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (
            "WARNING (main.lua:12) Unable to resolve crossref @fig-x",
            0,
            "mine.qmd: WARNING (main.lua:12) Unable to resolve crossref @fig-x",
        ),
        ("\033[33m[WARNING] Duplicate identifier\033[39m", 0, "mine.qmd: [WARNING] Duplicate identifier"),
        (
            "WARN: Unable to resolve link target: x.qmd",
            0,
            "mine.qmd: WARN: Unable to resolve link target: x.qmd",
        ),
        ("warning: unknown font family: x", 0, "mine.qmd: warning: unknown font family"),
        ("ERROR: Could not read it", 1, "mine.qmd: ERROR: Could not read it"),
        ("It fell over", 3, "It fell over"),
    ],
)
def test_what_quarto_complains_of_is_named(executed, refused, quarto, said, code, words):
    command = quarto(said, code)
    executed(says("Text."))
    refused(command, words, renderer="quarto")


def test_quartos_message_is_told_whole_and_once(executed, quarto, publish):
    executed(says("Text."))
    quarto(TYPST, 1)
    with pytest.raises(RenderError) as caught:
        publish(renderer="quarto")
    told = str(caught.value)
    for part in (
        "mine.qmd: error: unknown variable: foo",
        "mine.typ:375:1",
        "#foo(bar)",
        "= hint: if you meant",
    ):
        assert told.count(part) == 1
    assert "--keep-project" in told and "Typst compilation failed" in told
    quarto(YAML, 1)
    with pytest.raises(RenderError, match=r"toc: \[a") as caught:
        publish(renderer="quarto")
    assert "generateError2" not in str(caught.value)


def test_a_quarto_that_is_too_old_is_refused_before_anything_runs(executed, quarto, publish, workshop):
    executed(says("Text."))
    command = quarto(version="1.8.27")
    with pytest.raises(ConfigError, match=r"Quarto 1\.8\.27 is too old[\s\S]*1\.9 or newer") as caught:
        publish(renderer="quarto")
    assert command in str(caught.value)
    assert not list((workshop.root / "build").rglob("*")) and not list((workshop.root / "reports").rglob("*"))


def test_the_project_of_a_failed_quarto_is_kept_if_asked_for(executed, quarto, publish, workshop):
    executed(says("Text."))
    quarto("ERROR: no", 1)
    with pytest.raises(RenderError):
        publish(renderer="quarto", keep_project=True)
    kept = workshop.root / "build" / "tiny" / "2026-10" / "quarto"
    assert {"_quarto.yml", "mine.qmd", "index.qmd", "report.lua"} <= {path.name for path in kept.iterdir()}
    with pytest.raises(ConfigError, match="--renderer quarto"):
        publish(renderer="embedded", keep_project=True)
