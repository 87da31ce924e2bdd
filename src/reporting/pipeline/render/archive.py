"""`reports/index.html`: every source and month, and what changed since the month before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.errors import ConfigError, RenderError
from reporting.month import Month
from reporting.pipeline.manifest import Manifest
from reporting.pipeline.pieces import pipe_table
from reporting.pipeline.render.check import check_site
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document, read_document
from reporting.pipeline.render.html import page, to_html, write_assets
from reporting.pipeline.render.signs import Signs, signs_of
from reporting.pipeline.render.site import FRONT_REPORT
from reporting.pipeline.restated import restated_since
from reporting.pipeline.sets import FOLDER
from reporting.present.brand import Brand, current_brand
from reporting.present.formats import NOT_AVAILABLE
from reporting.present.markdown import escape

_FORWARD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>{title}</title>
<meta http-equiv="refresh" content="0; url={href}"></head>
<body><p><a href="{href}">{title}</a></p></body></html>
"""


_DOUBT = " (not reliable"
"""How the name of a figure goes on that can't be believed, see `telling.trust`."""


@dataclass(frozen=True)
class _Published:
    month: Month
    folder: Path
    figures: list[dict[str, Any]]
    company: str
    signs: Signs | None

    def cells(self, labels: Sequence[str]) -> list[str]:
        """The month's cells in a table: verdict, figures, signals."""
        signs = self.signs or Signs(NOT_AVAILABLE, NOT_AVAILABLE)
        return [escape(cell) for cell in (signs.verdict, *map(self.told, labels), signs.signals)]

    def told(self, label: str) -> str:
        """A key figure's value, with what its move was a signal of."""
        figure = next((figure for figure in self.figures if figure["label"] == label), None)
        if figure is None:
            return NOT_AVAILABLE
        signal = {True: ", better", False: ", worse", None: ""}[figure.get("good")]
        return f"{figure['value']}{signal}"


def render_archive(reports_dir: Path, brand: Brand | None = None) -> Path:
    """Write `reports_dir/index.html` over all published months.

    A source's own `index.html` leads there too: superseded runs lie a folder deeper than their pages were
    written for, and it stands where they look for the archive.

    Args:
        reports_dir: Holds `<source>/<YYYY-MM>/` with `index.html` and `documents/`.
        brand: Look; the one in force by default.

    Returns:
        The page's path.

    Raises:
        RenderError: A page it links to is missing.
    """
    brand = brand or current_brand()
    folders = sorted(p for p in reports_dir.iterdir() if p.is_dir() and p.name != "assets")
    published = {folder: months for folder in folders if (months := _months(folder))}
    pages = [reports_dir / "index.html"]
    for folder in published:
        pages.append(folder / "index.html")
        href = f"../index.html#source-{folder.name}"
        _replace(pages[-1], _FORWARD.format(title="All sources and months", href=href))
    parts = [_overview(published)] if len(published) > 1 else []
    parts += [_source(folder, months) for folder, months in published.items()]
    body = "\n\n".join(parts) or "Nothing has been published yet.\n"
    document = Document(reports_dir / "index.qmd", "index", {"title": "Reports"}, body)
    made = to_html(document, brand)
    context = RunContext("", brand.name or "Monthly reports", Month(1970, 1), "", brand=brand)
    html = page(
        title="Monthly reports",
        description="Every source and month, newest first.",
        body=made.html,
        toc=made.toc,
        context=context,
        month="",
    )
    write_assets(brand, reports_dir / "assets")
    _replace(pages[0], html)
    check_site(pages, reports_dir)
    return pages[0]


def _replace(path: Path, text: str) -> None:
    """Write a page in one step: who opens the archive meanwhile, or after a full disk, finds a whole one."""
    new = path.with_name(f".{path.name}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _months(source: Path) -> list[_Published]:
    """The published months of a source, newest first."""
    return sorted(_published(source), key=lambda run: run.month, reverse=True)


def _published(source: Path) -> Iterator[_Published]:
    for folder in source.iterdir():
        if not (folder / "index.html").is_file():
            continue
        try:
            month = Month.parse(folder.name)
        except ConfigError:
            continue  # a superseded run, kept under another name
        front = _front(folder / "documents" / f"{FRONT_REPORT}.qmd")
        figures = [_settled(figure) for figure in front.get("key-figures") or []]
        company = str(front.get("company") or "")
        yield _Published(month, folder, figures, company, signs_of(folder))


def _settled(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure under its plain name: whether it can be relied on may differ from month to month."""
    label, doubt, _ = figure["label"].partition(_DOUBT)
    return figure | {"label": label, "value": f"{figure['value']}?"} if doubt else figure


def _doubts(shown: Iterable[_Published]) -> str:
    """What a question mark means, if there is one."""
    doubted = any(str(figure["value"]).endswith("?") for run in shown for figure in run.figures)
    return "; with a question mark: not reliable, as the sources contradict each other" if doubted else ""


def _front(brief: Path) -> dict[str, Any]:
    """The brief's front matter; none of a month without a brief, or with a damaged one, which is listed all
    the same."""
    try:
        return read_document(brief).front if brief.is_file() else {}
    except RenderError:
        return {}


def _overview(published: Mapping[Path, Sequence[_Published]]) -> str:
    """Every source as a row, at its latest month, with the figures that all of them have."""
    latest = {folder.name: months[0] for folder, months in published.items()}
    first = next(iter(latest.values()))
    labels = [f["label"] for f in first.figures]
    labels = [x for x in labels if all(run.told(x) != NOT_AVAILABLE for run in latest.values())]
    rows = [
        [
            f"[{escape(run.company or name)}](#source-{name})",
            f"[{run.month.label}]({name}/{run.month}/index.html)",
            *run.cells(labels),
        ]
        for name, run in latest.items()
    ]
    head = ["Company", "Latest", "Verdict", *map(escape, labels), "Signals"]
    table = pipe_table(head, [*[False] * 3, *[True] * len(labels), False], rows)
    return f"{table}\n\n: Every company at its latest month{_doubts(latest.values())} {{#tbl-sources}}"


def _source(folder: Path, months: list[_Published]) -> str:
    name, latest = folder.name, months[0]
    before = next((run for run in months[1:] if run.month == latest.month.shift(-1)), None)
    title = escape(latest.company or name)
    address = f"{name}/{latest.month}/index.html"
    lines = [f"## {title} {{#source-{name}}}", f"Latest: [**{latest.month.label}**]({address})"]
    if latest.figures:
        lines.append(_changes(name, latest, before))
    restated = {found.month: found for found in restated_since([run.folder for run in months])}
    lines.append(_month_by_month(name, months, set(restated)))
    if restated:
        lines.append("Restated since: the tables no longer agree with what was published.")
        lines.append("\n".join(f"- {escape(str(found))}" for found in restated.values()))
    lines += _parts(folder, latest.month)
    lines += _sets(folder, latest.month)
    if replaced := _replaced(folder):
        lines.append(f"Replaced by later runs, and kept: {replaced}.")
    return "\n\n".join(lines)


def _month_by_month(name: str, months: Sequence[_Published], restated: set[Month]) -> str:
    """Every month as a row with a link, its verdict, its figures and its signals."""
    labels = [figure["label"] for figure in months[0].figures]
    rows = []
    for run in months:
        mark = ", restated since" if run.month in restated else ""
        link = f"[{run.month.label}]({name}/{run.month}/index.html){mark}"
        rows.append([link, *run.cells(labels)])
    head = ["Month", "Verdict", *map(escape, labels), "Signals"]
    table = pipe_table(head, [False, False, *[True] * len(labels), False], rows)
    caption = "Month by month; better and worse are moves beyond the usual range, the signals"
    return f"{table}\n\n: {caption}{_doubts(months)} {{#tbl-{name}-months}}"


def _parts(source: Path, latest: Month) -> Iterator[str]:
    """A line for each way in which the source is told in parts, with links to their latest months."""
    for folder in sorted(source.glob("per-*")):
        kind = folder.name.removeprefix("per-")
        links = []
        for part in sorted(filter(Path.is_dir, folder.iterdir())):
            for run in _months(part)[:1]:
                name = _title(run).partition(f", {kind} ")[2] or f"no {kind}"
                links.append(_link(run, name, source, latest))
        if links:
            yield f"In parts, by {kind}: {', '.join(links)}."


def _sets(source: Path, latest: Month) -> Iterator[str]:
    """A line of links to the latest month of each set of notebooks."""
    links = []
    for folder in sorted(filter(Path.is_dir, source.glob(f"{FOLDER}/*"))):
        for run in _months(folder)[:1]:
            links.append(_link(run, folder.name, source, latest))
    if links:
        yield f"Chosen reports: {', '.join(links)}."


def _link(run: _Published, name: str, source: Path, latest: Month) -> str:
    """To a month that is not the source's own, with its name where that isn't the latest."""
    when = "" if run.month == latest else f" ({run.month.label})"
    return f"[{escape(name)}]({run.folder.relative_to(source.parent).as_posix()}/index.html){when}"


def _title(run: _Published) -> str:
    """The run's title; of a damaged month, which is listed all the same, what its brief says."""
    try:
        return Manifest.read(run.folder).title
    except ConfigError:
        return run.company


def _replaced(source: Path) -> str:
    """Links to the runs of a source that later ones with other inputs replaced, newest month first."""
    pages = sorted((source / "superseded").glob("*/index.html"), reverse=True)
    runs = [(page.parent.name[:7], page.parent.name[8:]) for page in pages]
    return ", ".join(
        f"[{Month.parse(month).label}, run {run}]({source.name}/superseded/{month}-{run}/index.html)"
        for month, run in runs
    )


def _changes(name: str, latest: _Published, before: _Published | None) -> str:
    """The front page's figures as a table: this month, the month before if it is published, the change as the
    brief has it."""
    rows = [
        [figure["label"], figure["value"], figure["change"] or "none stated"] for figure in latest.figures
    ]
    head, right = ["Figure", latest.month.label, "Change"], [False, True, False]
    if before and before.figures:
        head.insert(2, before.month.label)
        right.insert(2, True)
        was = {figure["label"]: figure["value"] for figure in before.figures}
        for row in rows:
            row.insert(2, was.get(row[0], NOT_AVAILABLE))
    told = [[escape(str(cell)) for cell in row] for row in rows]
    table = pipe_table([escape(cell) for cell in head], right, told)
    return f"{table}\n\n: What changed since last month{_doubts([latest])} {{#tbl-{name}-changes}}"
