"""An executed notebook becomes clean Markdown, or is refused with its cell named."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pypandoc
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent / "render"))

import sample_month as sample

from reporting.errors import RenderError
from reporting.pipeline.derive import derive
from reporting.present import blocks


def derive_one(executed: Path, out_dir: Path, front: dict | None = None) -> Path:
    (document,) = derive([executed], out_dir, front)
    return document


def written(tmp_path: Path, *cells) -> Path:
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={"reporting": {"title": "A title"}})
    path = tmp_path / "a_report.ipynb"
    nbformat.write(notebook, path)
    return path


def shown(**data):
    output = nbformat.v4.new_output("execute_result", {k.replace("_", "/", 1): v for k, v in data.items()})
    return nbformat.v4.new_code_cell("x", outputs=[output])


def text(markdown: str):
    return sample.code(blocks.Text(markdown))


def test_document_has_no_code_and_the_runs_front_matter(tmp_path):
    (path,) = sample.write(tmp_path, ["monthly_health"])
    made = derive_one(path, tmp_path / "documents", {"month": "2024-12", "run-id": "abc"}).read_text()
    front = yaml.safe_load(made.split("---\n")[1])
    assert front["title"] == "Monthly health" and front["month"] == "2024-12" and front["run-id"] == "abc"
    assert front["key-figures"][0]["value"] == "$10.2M"
    assert "report.section" not in made and "```" not in made
    assert "# Monthly health" not in made


def test_figures_are_files_with_caption_alt_and_label(tmp_path):
    (path,) = sample.write(tmp_path, ["monthly_health"])
    made = derive_one(path, tmp_path / "d")
    picture = tmp_path / "d/figures/monthly_health/fig-mrr-bridge.svg"
    assert picture.read_text().startswith("<svg")
    assert (
        "![Monthly recurring revenue by plan, 24 months.](figures/monthly_health/fig-mrr-bridge.svg)"
        '{#fig-mrr-bridge fig-alt="Lines &quot;up&quot; &amp; <down> 1"}'
    ) in made.read_text()


def test_table_cells_come_out_as_they_went_in(tmp_path):
    (path,) = sample.write(tmp_path, ["monthly_health"])
    made = derive_one(path, tmp_path / "d")
    parsed = json.loads(
        subprocess.run(
            [pypandoc.get_pandoc_path(), "-t", "json", str(made)], capture_output=True, check=True, text=True
        ).stdout
    )
    tables = {block["c"][0][0]: block["c"] for block in parsed["blocks"] if block["t"] == "Table"}
    rows = tables["tbl-accounts"][4][0][3]
    names = ["".join(i.get("c", " ") for i in row[1][0][4][0]["c"]) for row in rows[: len(sample.NAMES)]]
    assert [name.replace("\u00a0", " ") for name in names] == sample.NAMES


def test_same_notebook_gives_same_bytes(tmp_path):
    (path,) = sample.write(tmp_path, ["churn_drivers"])
    first, second = derive_one(path, tmp_path / "1"), derive_one(path, tmp_path / "2")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (shown(text_html="<table></table>", text_plain="x"), "no place in a document"),
        (shown(text_plain="42"), "no place in a document"),
        (
            nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text="hello")]),
            "prints text",
        ),
        (
            nbformat.v4.new_code_cell(
                "x", outputs=[nbformat.v4.new_output("error", ename="KeyError", evalue="mrr", traceback=[])]
            ),
            "failed: KeyError: mrr",
        ),
        (text("See @fig-nowhere."), "refers to @fig-nowhere"),
        (nbformat.v4.new_markdown_cell("# Another title"), "level-1 heading"),
    ],
)
def test_what_may_not_stand_in_a_document_is_refused_with_its_cell(tmp_path, cell, message):
    path = written(tmp_path, nbformat.v4.new_markdown_cell("## Fine"), cell)
    with pytest.raises(RenderError, match=r"cell 2") as caught:
        derive_one(path, tmp_path / "d")
    assert message in str(caught.value) and "a_report.ipynb" in str(caught.value)


def test_one_label_for_two_things_is_refused(tmp_path):
    path = written(tmp_path, sample.code(sample.bridge("tbl-a")), sample.code(sample.bridge("tbl-a")))
    with pytest.raises(RenderError, match="second time"):
        derive_one(path, tmp_path / "d")


def test_strangers_at_signs_and_code_are_no_references(tmp_path):
    path = written(tmp_path, text("Write `@fig-x` or \\@fig-y to me@fig-z.example."))
    assert "@fig-x" in derive_one(path, tmp_path / "d").read_text()


def test_warnings_on_stderr_stay_in_the_audit_copy(tmp_path):
    noisy = nbformat.v4.new_code_cell(
        "x", outputs=[nbformat.v4.new_output("stream", name="stderr", text="FutureWarning")]
    )
    assert "FutureWarning" not in derive_one(written(tmp_path, noisy), tmp_path / "d").read_text()


def report_with_proof(folder: Path, name: str, label: str = "tbl-proof") -> Path:
    """A report with a chart, and with a section for the appendix that points back to it."""
    proof = blocks.Table([blocks.Column("p")], [["0.04"]], label, "Test")
    cells = [
        nbformat.v4.new_markdown_cell("## Who leaves?"),
        sample.code(blocks.Text(f"It differs (@fig-x, @{label})."), sample.lines("fig-x", 1)),
        nbformat.v4.new_markdown_cell("### How it was tested", metadata={"tags": ["appendix"]}),
        sample.code(blocks.Text(f"See @fig-x and @{label}."), proof),
    ]
    cells[-1].metadata["tags"] = ["appendix"]
    about = {"reporting": {"title": name.capitalize(), "description": "About."}}
    path = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), path)
    return path


def test_cells_tagged_appendix_stand_in_one_appendix_of_all_reports(tmp_path):
    first, second = report_with_proof(tmp_path, "churn"), report_with_proof(tmp_path, "health", "tbl-other")
    made = derive([first, second], tmp_path / "d")
    assert [path.name for path in made] == ["churn.qmd", "health.qmd", "appendix.qmd"]
    report, appendix = made[0].read_text(), made[2].read_text()
    assert "How it was tested" not in report and "tbl-proof}" not in report
    assert "It differs (@fig-x, the appendix)." in report
    assert appendix.index("## Churn") < appendix.index("{#tbl-proof}") < appendix.index("## Health")
    assert "\n### How it was tested" in appendix
    assert "See the report and @tbl-proof." in appendix


def test_the_appendix_s_own_notebook_comes_first_in_it(tmp_path):
    own = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("## Glossary")],
        metadata={"reporting": {"title": "Proof and terms", "description": "All of it."}},
    )
    nbformat.write(own, tmp_path / "appendix.ipynb")
    made = derive([tmp_path / "appendix.ipynb", report_with_proof(tmp_path, "churn")], tmp_path / "d")
    text = made[0].read_text()
    assert [path.name for path in made] == ["appendix.qmd", "churn.qmd"]
    assert text.index("Proof and terms") < text.index("## Glossary") < text.index("## Churn")


def test_two_reports_can_t_give_the_appendix_one_label(tmp_path):
    reports = [report_with_proof(tmp_path, "churn"), report_with_proof(tmp_path, "health")]
    with pytest.raises(RenderError, match=r"cell 4 .*tbl-proof.*appendix") as error:
        derive(reports, tmp_path / "d")
    assert "health.ipynb" in str(error.value)


def test_a_sparkline_carries_its_points_and_the_usual_range(tmp_path):
    tile = blocks.KeyFigure("MRR", "$3", history=[1.0, float("nan"), 3.0, 2.0], usual=(1.5, 9.0))
    flat = blocks.KeyFigure("NRR", "90%", history=[5.0, 5.0], usual=(float("nan"), 1.0))
    lone = blocks.KeyFigure("GRR", "80%", history=[5.0])
    made = derive_one(
        written(tmp_path, sample.code(blocks.KeyFigures([tile, flat, lone]))), tmp_path / "d"
    ).read_text()
    assert '{.key-spark points="0,0 667,1000 1000,500" usual="250,1000"}' in made
    assert '{.key-spark points="0,500 1000,500"}' in made
    assert made.count(".key-spark") == 2


def md(source: str, *tags: str):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def nothing():
    bundle = {"application/vnd.reporting.block+json": {"kind": "nothing"}, "text/plain": ""}
    output = nbformat.v4.new_output("display_data", bundle)
    return nbformat.v4.new_code_cell("x", outputs=[output])


def test_an_empty_blocks_says_that_there_is_nothing():
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", lambda data, **_: seen.append(data))
        blocks.Blocks()._ipython_display_()
    assert nothing().outputs[0].data == seen[0]


@pytest.mark.parametrize(
    ("cells", "headings"),
    [
        ([md("## One\n\nWhy."), nothing()], []),
        ([md("## One"), nothing(), text("said")], ["One"]),
        ([md("## One"), md("### Part"), nothing(), md("## Two"), text("said")], ["Two"]),
        ([md("## One"), md("### Part"), nothing(), md("### Other"), text("said")], ["One", "Other"]),
        ([md("## One"), text("said"), md("### Part"), nothing()], ["One"]),
        ([md("## Words\n\nof an analyst")], ["Words"]),
        ([md("## One"), nothing(), md("## Words\n\nof an analyst")], ["Words"]),
    ],
)
def test_a_section_that_shows_nothing_is_left_out_with_its_heading(tmp_path, cells, headings):
    made = derive_one(written(tmp_path, *cells), tmp_path / "d").read_text()
    assert [line.lstrip("# ") for line in made.splitlines() if line.startswith("#")] == headings
