"""A month of a few lines in slides, read back: titles are findings, no slide is empty, names stay text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests import office

from reporting.month import Month
from reporting.params.product import load_product
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.slides import write_slides
from reporting.pipeline.slides.tables import lines, widths
from reporting.pipeline.slides.tree import Grid, sentences
from reporting.present.brand import SHIPPED, load_brand
from reporting.present.markdown import escape

PRODUCT = load_product(Path(__file__).parents[3] / "params" / "product.yml")
BRAND = load_brand(SHIPPED)
RUN = RunContext("acme/per-owner/ana", "Acme, owner Ana", Month(2026, 10), "1a2b3c4d5e6f", brand=BRAND)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="460pt" height="200pt" viewBox="0 0 460 200">'
    '<rect x="10" y="10" width="300" height="40" fill="#173569"/><text x="10" y="90">Bars</text></svg>'
)
TILES = """key-figures:
- {label: MRR, value: $931k, change: +4.3% on Sep 2026, note: +44.6% in 12 months, good: true, usual: [1, 2]}
- {label: Monthly logo churn, value: 2.4%, change: '', note: '', good: null, usual: null}
"""
BRIEF = """**Thriving.** No sign is bad. Of 10 key figures, 1 moved more than usual: MRR (better).

MRR rose by 4.3% to \\$931,147: \\$51,842 came in. 9 accounts left.

::: {.key-figures}
::: {.key-figure}
[MRR]{.key-label} [\\$931k]{.key-value}
:::
:::

![Movements of MRR, in USD](figures/brief/fig-bridge.svg){#fig-bridge fig-alt="Bars: new +$17 &amp; churn."}

## To save

9 accounts to rescue: together 31.1% of MRR. Four have no owner (@tbl-save).

TABLE

: To save, by expected loss: 9 of 134 {#tbl-save}

## To grow

Who could be offered more is not available from this source.

::: {.terms}
NRR
:   What the accounts pay now\\.
:::
"""
HEALTH = """## How healthy?

::: {.callout-warning}
## The sources contradict each other

Two tables say otherwise.
:::

**75.3% of MRR comes from healthy accounts** (down); this is *not reliable*. NRR is told elsewhere.

## Bands

![Accounts by band](figures/monthly_health/fig-bands.svg){#fig-bands fig-alt="Bars by band."}

![Another](figures/monthly_health/fig-more.svg){#fig-more fig-alt="More."}
"""
CHURN = """## Who leaves?

**Nobody left**, since nobody could. Nothing foretells it. The list is empty.
"""


def document(folder: Path, name: str, title: str, body: str, front: str = "") -> Path:
    path = folder / f"{name}.qmd"
    folder.mkdir(exist_ok=True, parents=True)
    path.write_text(f"---\ntitle: {title}\ndescription: About it.\n{front}---\n\n{body}", encoding="utf-8")
    for figure in re.findall(r"\((figures/[^)]+)\)", body):
        (folder / figure).parent.mkdir(exist_ok=True, parents=True)
        (folder / figure).write_text(SVG)
    return path


def table(names: list[str]) -> str:
    rows = [f"| {escape(name)} | 6,345 | no use for 56 days | Ana |" for name in names]
    return "\n".join(["| Account | MRR (USD) | Why | Owner |", "|:--|--:|:--|:--|", *rows])


def month(folder: Path, names: list[str] | None = None) -> list[Path]:
    told = BRIEF.replace("TABLE", table(names or [f"Account {number}" for number in range(9)]))
    return [
        document(folder, "executive_brief", "Executive brief", told, TILES),
        document(folder, "monthly_health", "Monthly health", HEALTH),
        document(folder, "churn_drivers", "Churn drivers", CHURN),
        document(folder, "appendix", "Appendix", "**No slide is made of this.** Really."),
    ]


def write(folder: Path, documents: list[Path], **run) -> list[Path]:
    return write_slides(documents, folder / "out", replace(RUN, **run), "USD", PRODUCT)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("slides")
    return write(folder, month(folder / "documents"))


@pytest.fixture(scope="module")
def deck(files) -> list[office.Read]:
    return office.slides(files[0])


def test_the_files_are_named_after_the_run(files):
    assert [path.name for path in files] == ["acme-per-owner-ana-2026-10.pptx", "executive_brief.docx"]


def test_each_slide_has_a_finding_as_title_and_the_appendix_has_none(deck):
    assert [slide.title for slide in deck] == [
        "Acme, owner Ana: October 2026",
        "Of 10 key figures, 1 moved more than usual: MRR (better)",
        "MRR rose by 4.3% to $931,147: $51,842 came in",
        "9 accounts to rescue: together 31.1% of MRR",
        "75.3% of MRR comes from healthy accounts (not reliable)",
        "Nobody left",
    ]


def test_the_first_slide_holds_the_verdict_and_what_has_no_slide_of_its_own(deck):
    text = " ".join(deck[0].texts)
    assert "Thriving. No sign is bad." in text and "9 accounts left." in text
    assert "To grow: Who could be offered more is not available from this source." in text


def test_key_figures_stand_in_a_table_with_what_they_are_against_in_its_head(deck):
    assert deck[1].rows == [
        ["Figure", "October 2026", "On Sep 2026", "In 12 months", "This month"],
        ["MRR", "$931k", "+4.3%", "+44.6%", "better than usual"],
        ["Monthly logo churn", "2.4%", "not available", "not available", "too early to tell"],
    ]


def test_each_picture_has_its_alternative_text_and_its_caption_below(deck):
    assert [slide.alts for slide in deck if slide.alts] == [["Bars: new +$17 & churn."], ["Bars by band."]]
    assert deck[2].texts == ["Movements of MRR, in USD."]
    assert deck[4].texts == ["The sources contradict each other. Accounts by band."]


def test_a_list_is_cut_and_says_so(deck):
    assert len(deck[3].rows) == 1 + 6
    assert deck[3].texts == ["To save, by expected loss: 9 of 134. And 3 more in the report."]


def test_an_answer_without_a_chart_is_told_in_its_sentences(deck):
    assert deck[5].texts == [
        "Nobody left, since nobody could.",
        "Nothing foretells it.",
        "The list is empty.",
    ]


def test_the_notes_hold_the_reason_and_what_words_mean(deck):
    assert deck[3].notes[0] == "9 accounts to rescue: together 31.1% of MRR. Four have no owner."
    assert any(note.startswith("MRR: Recurring revenue") for note in deck[3].notes)
    assert any(note.startswith("logo churn: Accounts lost in the month.") for note in deck[1].notes)
    assert "The sources contradict each other. Two tables say otherwise." in deck[4].notes
    assert "More in the report: Monthly health." in deck[4].notes
    assert all(slide.notes for slide in deck)


def test_the_foot_names_month_and_currency(deck):
    assert {slide.foot for slide in deck[1:]} == {"Acme, owner Ana · October 2026 · amounts in USD"}


def test_nothing_stands_outside_the_wide_slide_or_on_its_foot(files, deck):
    wide, tall = office.size(files[0])
    assert wide / tall == pytest.approx(16 / 9)
    for slide in deck:
        assert all(
            min(x, y) >= 0 and right <= wide and low <= tall * 0.93 for x, y, right, low in slide.edges
        )


def test_the_same_month_elsewhere_is_the_same_bytes(files, tmp_path):
    again = write(tmp_path / "elsewhere", month(tmp_path / "other" / "documents"))
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in files]


NAMES = ["<b>Bold</b> & Co", "*x* _y_ `z`", "A | B", "[a](http://b)", "=1+1", "$x$ @fig-bridge", "a" * 3000]


def test_a_stranger_s_name_stays_what_it_is(tmp_path):
    path, word = write(tmp_path, month(tmp_path / "documents", NAMES[:5] + NAMES[6:]))
    shown = [row[0] for row in office.slides(path)[3].rows[1:]]
    assert shown[:5] == NAMES[:5]
    assert shown[5] == "a" * 74 + "…"
    text = "".join(node.text or "" for node in office.part(word, "word/document.xml").iter(f"{office.W}t"))
    assert all(name in text for name in NAMES[:5])
    assert b"http://b" not in b"".join(office.links(word)) + b"".join(office.links(path))


def test_a_set_without_the_brief_has_slides_of_its_reports_alone(tmp_path):
    (path,) = write(tmp_path, month(tmp_path / "documents")[1:3])
    assert [slide.title for slide in office.slides(path)][1:] == [
        "75.3% of MRR comes from healthy accounts (not reliable)",
        "Nobody left",
    ]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (
            "Of 99% (95% interval 90% to 99%, 285 accounts) " + "many words " * 8,
            "Of 99% " + "many words " * 8,
        ),
        ("word " * 20 + "here; and " + "more " * 20, "Word " + "word " * 19 + "here"),
        ("word " * 40, "Word " + "word " * 22 + "word…"),
    ],
    ids=["aside", "clause", "words"],
)
def test_a_long_title_is_cut_where_it_hurts_least(tmp_path, said, title):
    path = document(tmp_path / "documents", "mine", "Mine", f"**{said.strip()}.** And a reason.")
    assert office.slides(write(tmp_path, [path])[0])[1].title == title.strip()


def test_the_template_is_the_brand_s(files, tmp_path):
    brand = replace(BRAND, colors=BRAND.colors | {"accent": replace(BRAND.colors["accent"], light="#123456")})
    for path in write(tmp_path, month(tmp_path / "documents"), brand=brand):
        theme = "ppt/theme/theme1.xml" if path.suffix == ".pptx" else "word/theme/theme1.xml"
        root = office.part(path, theme)
        assert next(root.iter(f"{office.A}dk2"))[0].get("val") == "123456"
        fonts = {
            font.get("typeface")
            for kind in ("majorFont", "minorFont")
            for font in root.iter(f"{office.A}{kind}")
        }
        assert {node.get("typeface") for node in root.iter(f"{office.A}latin")} >= {BRAND.font.family}, fonts


def test_the_brief_for_word_is_the_report_with_its_chart(files):
    root = office.part(files[1], "word/document.xml")
    text = " ".join(node.text or "" for node in root.iter(f"{office.W}t"))
    assert "Four have no owner (Table\u00a01)." in re.sub(r"\s+(?=[).])", "", text.replace("( ", "("))
    assert "Figure\u00a01: Movements of MRR, in USD" in re.sub(r" +", " ", text)
    alts = {node.get("descr") for node in root.iter() if "descr" in node.attrib}
    assert alts == {"Bars: new +$17 & churn."}
    assert len(list(root.iter(f"{office.W}tbl"))) == 2
    assert "What the accounts pay now" not in text


def test_tables_for_word_keep_to_the_margins(files):
    root = office.part(files[1], "word/document.xml")
    page, margins = next(root.iter(f"{office.W}pgSz")), next(root.iter(f"{office.W}pgMar"))
    room = int(page.get(f"{office.W}w")) - sum(
        int(margins.get(f"{office.W}{side}")) for side in ("left", "right")
    )
    for grid in root.iter(f"{office.W}tblGrid"):
        assert sum(int(column.get(f"{office.W}w")) for column in grid) <= room


def test_short_columns_are_not_wrapped_and_long_ones_share_the_rest():
    grid = Grid(["Account", "Why", "By"], [["Ada", "long words " * 12, "11 November"]], [False, False, False])
    shares = widths(grid, 100)
    assert sum(shares) == pytest.approx(1)
    assert shares[2] * 100 >= len("11 November") + 2
    assert lines(grid, 100) == [1, 2]
    assert lines(grid, 60)[1] > 2


def test_references_to_figures_go_where_they_are_asides_and_are_words_elsewhere(tmp_path):
    body = "**It grew** (@fig-a, @tbl-b), as @fig-a shows. Write to @acme.\n\n"
    body += '![A](figures/mine/a.svg){#fig-a fig-alt="A."}\n\n::: {.mine}\nMore is told.\n:::\n'
    path = document(tmp_path / "documents", "mine", "Mine", body)
    notes = office.slides(write(tmp_path, [path])[0])[1].notes
    assert notes[:2] == ["It grew, as the figure shows. Write to @acme.", "More is told."]


def test_abbreviations_end_no_sentence():
    assert sentences("Copper Corp. Ltd pays 5.3% of MRR. It grows. 9 left.") == [
        "Copper Corp. Ltd pays 5.3% of MRR.",
        "It grows.",
        "9 left.",
    ]
