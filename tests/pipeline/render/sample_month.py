"""Executed notebooks as the pipeline makes them, without a kernel: many charts, long tables, nasty names."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd

from reporting.month import Month
from reporting.pipeline.derive import derive
from reporting.pipeline.render import RunContext, render_site
from reporting.present import blocks, formats, markdown, style
from reporting.present.brand import SHIPPED, load_brand

BRAND = load_brand(SHIPPED)

TITLES = {
    "executive_brief": ("Executive brief", "What happened, why, and what to do next."),
    "monthly_health": ("Monthly health", "Revenue, engagement and the accounts that need attention."),
    "retention_cohorts": ("Retention cohorts", "Who stays, who grows, cohort by cohort."),
    "churn_drivers": ("Churn drivers", "What precedes a departure, and who is at risk."),
    "expansion_readiness": ("Expansion readiness", "Who has outgrown the plan."),
}
NAMES = [
    "Acme *GmbH* & Co. <KG>",
    'O\'Reilly "Media" | Labs',
    "{{< meta title >}} Inc.",
    "$5 Coffee $6 @fig-mrr-bridge",
    "https://evil.example/a_b_c",
    "=cmd|' /C calc'!A0",
    "Łódź Überführung ΑΒΓ Ижевск",
    "株式会社 東京 🙂",
    "Averyveryveryverylongaccountnamewithoutanyspaceinitwhatsoever Ltd",
    "<script>alert(1)</script>",
    "#1 Backup_Service [EU] (old) \\o/",
    "Smith -- Sons... 100% ~approx~ ^up^",
]


def rows(count: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    names = [NAMES[i] if i < len(NAMES) else f"Account {i:03d} Holding" for i in range(count)]
    return pd.DataFrame(
        {
            "name": names,
            "plan": rng.choice(["Starter", "Growth", "Enterprise"], count),
            "csm": rng.choice(["J. Müller", "Priya N.", "Sam O'Neil"], count),
            "mrr_cents": rng.integers(1_000_00, 90_000_00, count),
            "change": rng.normal(0, 0.1, count),
            "seats": rng.integers(1, 500, count),
            "use": rng.uniform(0, 1.1, count),
            "score": np.where(rng.uniform(size=count) < 0.1, np.nan, rng.uniform(0, 100, count)),
        }
    )


def lines(label: str, seed: int) -> blocks.Figure:
    rng = np.random.default_rng(seed)
    fig, ax = style.figure()
    x = style.month_axis(ax, pd.date_range("2024-01-01", periods=24, freq="MS"))
    for i, plan in enumerate(["Starter", "Growth", "Enterprise", NAMES[0]]):
        ax.plot(x, 1e8 * (1 + 0.15 * i) + rng.normal(0, 2e6, 24).cumsum(), label=plan)
    style.money_axis(ax.yaxis, "USD")
    style.title(ax, "MRR grew 4.1% to $10.2M, all of it from expansion", "MRR by plan, US dollars, month end")
    style.label_lines(ax)
    return blocks.Figure(
        fig, label, "Monthly recurring revenue by plan, 24 months.", f'Lines "up" & <down> {seed}'
    )


def bars(label: str, seed: int) -> blocks.Figure:
    data = rows(12, seed)
    fig, ax = style.figure(height=3.2)
    colors = [style.color("good") if value > 0 else style.color("bad") for value in data["change"]]
    ax.barh(data["name"].str.slice(0, 28), data["change"], color=colors)
    style.horizontal(ax)
    style.percent_axis(ax.xaxis)
    style.title(ax, "Seven of twelve accounts use more seats than a month ago")
    return blocks.Figure(fig, label, "Change in seats used, *largest first*.", "Bars by account")


def heat(label: str, seed: int) -> blocks.Figure:
    rng = np.random.default_rng(seed)
    values = np.clip(0.98 ** np.arange(12)[None, :] + rng.normal(0, 0.03, (12, 12)), 0, 1)
    values[np.add.outer(np.arange(12), np.arange(12)) > 11] = np.nan
    fig, ax = style.figure(height=3.4)
    cmap = style.ramp()
    ax.grid(False)
    ax.imshow(np.ma.masked_invalid((values - 0.7) / 0.3), cmap=cmap, aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            ink = style.text_on(cmap((value - 0.7) / 0.3)[:3])
            ax.text(j, i, f"{value:.0%}", ha="center", va="center", size=7.5, color=ink)
    style.title(ax, "Cohorts from March 2025 on keep 5 points more after six months")
    return blocks.Figure(fig, label, "Logo retention by cohort and month of life.", "Triangle of percentages")


def table(label: str, count: int, seed: int) -> blocks.Table:
    def money(cents: float) -> str:
        return formats.money(cents)

    return blocks.Table.of(
        rows(count, seed),
        {
            "name": "Account",
            "plan": "Plan",
            "csm": "Owner",
            "mrr_cents": ("MRR, USD", money),
            "change": ("Change", lambda x: formats.percent(x, sign=True)),
            "seats": ("Seats", formats.count),
            "use": ("Use", lambda x: formats.percent(x, 0)),
            "score": ("Score", lambda x: formats.number(x, 0)),
        },
        label=label,
        caption=f"The {count} accounts to look at first, by MRR.",
    )


def bridge(label: str) -> blocks.Table:
    amounts = [846082400, 49666700, 136510100, -16298400, 1015960800]
    frame = pd.DataFrame({"line": ["Start", "New", "Expansion", "Contraction", "End"], "cents": amounts})
    columns = {"line": "Movement", "cents": ("USD", lambda c: formats.money(c, "USD"))}
    return blocks.Table.of(frame, columns, label=label, caption="MRR bridge, December.", total=True)


def tiles() -> blocks.KeyFigures:
    return blocks.KeyFigures(
        [
            blocks.KeyFigure("MRR", "$10.2M", "+4.1% on November", True, "500 accounts"),
            blocks.KeyFigure("Net revenue retention", "104.2%", f"{formats.MINUS}0.8 pp", False),
            blocks.KeyFigure("Logo churn", "not available", note="needs `cancellations`"),
            blocks.KeyFigure("Accounts at risk", "61", "+3", False, "$412k MRR"),
        ]
    )


def glossary() -> blocks.Glossary:
    return blocks.Glossary(
        [(name, f"Meaning {i}, *not* {markdown.escape(name)}.") for i, name in enumerate(NAMES)]
    )


def output(block: blocks.Block) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("execute_result", block._repr_mimebundle_(), execution_count=1)


def code(*shown: blocks.Block) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(
        "report.section(data)", outputs=[output(b) for b in shown], execution_count=1
    )


def notebook(report: str, long: int = 60) -> nbformat.NotebookNode:
    seed = list(TITLES).index(report)
    title, description = TITLES[report]
    escaped = markdown.escape(NAMES[0])
    cells = [
        nbformat.v4.new_markdown_cell(f"# {title}"),
        nbformat.v4.new_code_cell("month: str = '2024-12'", metadata={"tags": ["parameters"]}),
        code(
            tiles(),
            blocks.Text(
                "**MRR grew 4.1% to \\$10.2M.** Expansion in Enterprise carried all of it (@fig-mrr-bridge);"
                f" new business fell short. The largest account, {escaped}, shrank (@tbl-accounts)."
            ),
        ),
        nbformat.v4.new_markdown_cell(
            "## Revenue\n\nSee @fig-mrr-bridge and @tbl-bridge, then @tbl-accounts."
        ),
        code(lines("fig-mrr-bridge", seed), bridge("tbl-bridge")),
        nbformat.v4.new_markdown_cell(
            "### By account\n\nText between, with a footnote-free list:\n\n- one\n- two"
        ),
        code(bars("fig-seats", seed + 10), table("tbl-accounts", long, seed)),
        nbformat.v4.new_markdown_cell("## Retention"),
        code(heat("fig-cohorts", seed), lines("fig-lines", seed + 20), table("tbl-short", 12, seed + 1)),
        code(
            blocks.Callout(
                "warning", "Two churn sources contradict each other", "The flag says 61, see @tbl-short."
            ),
            blocks.Callout("note", f"About {NAMES[1]}", "Measured on closed months only."),
        ),
        nbformat.v4.new_markdown_cell("## Method"),
        code(lines("fig-more", seed + 30), bars("fig-last", seed + 40), table("tbl-three", 15, seed + 2)),
        code(table("tbl-four", 8, seed + 3), table("tbl-five", 5, seed + 4)),
        code(
            blocks.Callout(
                "tip", "How to read this", "Bands are *rules of thumb*; users need `events.user_id`."
            ),
            blocks.Text("The end."),
        ),
        nbformat.v4.new_markdown_cell("## Glossary"),
        code(glossary()),
    ]
    for i, cell in enumerate(cells):
        cell.id = f"cell-{i}"
    meta = {"reporting": {"title": title, "description": description}}
    return nbformat.v4.new_notebook(cells=cells, metadata=meta)


def write(folder: Path, reports: list[str] | None = None, long: int = 60) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for report in reports or list(TITLES):
        paths.append(folder / f"{report}.ipynb")
        nbformat.write(notebook(report, long), paths[-1])
    return paths


def context(month: str = "2024-12", **changes) -> RunContext:
    given = {
        "source": "demo",
        "title": "Meridian Software",
        "month": Month.parse(month),
        "run_id": "2024-12-ab12cd34",
        "snapshot_hash": "ab12cd34" * 8,
        "brand": BRAND,
        "companions": {"Manifest": "manifest.json"},
        "warnings": 3,
    }
    return RunContext(**(given | changes))


def make_month(
    out: Path, month: str, reports: list[str], renderer: str = "embedded", **changes
) -> list[Path]:
    notebooks = write(out / "notebooks", reports)
    front = {"month": month, "company": "Meridian Software"}
    documents = derive(notebooks, out / "documents", front)
    render_site(documents, out, context(month, **changes), renderer, notebooks=notebooks)
    return documents
