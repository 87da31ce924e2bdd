"""The commands that check something: validate, audit, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reporting.cli import common
from reporting.errors import AuditDifference

if TYPE_CHECKING:
    from reporting.pipeline.history import Run
    from reporting.pipeline.progress import Reporter
    from reporting.pipeline.project import Project
    from reporting.sources.validate import TableReport

SHOWN = 20
"""Differences of one file that are printed."""
MARKS = {"good": "[green]good[/]", "note": "[yellow]note[/]", "bad": "[red]bad [/]"}


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (validate, audit, doctor):
        app.command()(command)


def validate(
    context: typer.Context,
    source: common.Source = None,
    month: common.Month = None,
    params: common.Params = None,
) -> None:
    """Check a source's tables against the contract: what is mapped, missing, wrong or doubtful."""
    from reporting.cli.demodata import ensure_tables
    from reporting.contract import refuse
    from reporting.month import Month
    from reporting.params.load import load_yaml
    from reporting.params.monthly import Monthly
    from reporting.pipeline.plan import product_of
    from reporting.pipeline.progress import Reporter
    from reporting.sources.mapping import load_source_file
    from reporting.sources.validate import validate as validated

    project = common.project_of(context, params)
    name = common.source_of(project, source)
    file, where = load_source_file(name, project.params_dir)
    product = product_of(project, load_yaml(project.params, Monthly), file)
    console = common.output()
    if name == common.DEMO:
        ensure_tables(project, Reporter(console))
    report = validated(name, project.params_dir, Month.parse(month) if month else None, product)

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    say(f"{report.title}, as of the close of {report.month}")
    for table in report.tables:
        say(f"  {table.name:15} {_extent(table)}")
        say(f"    mapped: {', '.join(table.mapped)}")
        if table.absent:
            say(f"    not mapped: {', '.join(table.absent)}")
    for missing in report.not_mapped:
        say(f"  {missing:15} not mapped")
    warnings = [finding for finding in report.findings if finding.severity == "warning"]
    for finding in warnings:
        say(f"warning: {finding.describe()}")
    refuse(report.findings, where)
    say(f"{name} keeps the contract, with {_number(len(warnings), 'warning')}.")


def audit(
    context: typer.Context,
    source: common.Source = None,
    month: common.Month = None,
    run: Annotated[str | None, typer.Option(help="A superseded run, as `reporting list` names it.")] = None,
    hashes: Annotated[bool, typer.Option("--hashes", help="Compare hashes only, run nothing.")] = False,
    from_sources: Annotated[
        bool,
        typer.Option("--from-sources", help="Make the snapshot again from the sources, and explain drift."),
    ] = False,
    signers: Annotated[
        Path | None, typer.Option(help="Allowed signers, as ssh-keygen(1) has them; one must have signed.")
    ] = None,
    params: common.Params = None,
) -> None:
    """Compare every file of a published month with its hash, then make the month again from its snapshot."""
    from reporting.pipeline import audit as auditing
    from reporting.pipeline.history import find_run, published_run
    from reporting.pipeline.progress import Reporter

    project = common.project_of(context, params)
    name = common.source_of(project, source)
    found = find_run(project, name, run) if run else published_run(project, name, month)
    assert found.manifest is not None
    reporter = Reporter(common.output())
    outputs = _number(len(found.manifest.outputs), "output")
    told = f"{found.source} {found.month}, run {found.manifest.run_id}"
    reporter.say(auditing.check_signature(found, signers))
    if hashes:
        if altered := auditing.check_hashes(found, reporter):
            raise AuditDifference(f"{told}: {len(altered)} of its files are not as they were published.")
        reporter.say(f"Passed: {told}: {outputs}, all as they were published.")
        return
    if from_sources:
        _tell_drift(project, found, told, reporter)
        return
    result = auditing.audit(project, found, reporter)
    for changed in result.changed:
        reporter.say(f"Not as it was: {changed}")
    if result.machine:
        reporter.say(result.machine)
    for words, differences in (
        ("Altered since it was published", result.altered),
        ("Came out otherwise", result.differing),
    ):
        for difference in differences:
            reporter.say(f"{words}: {difference.told(SHOWN)}")
            if difference.is_picture:
                both = (common.shown(folder / difference.path) for folder in (found.folder, result.rerun))
                reporter.say(f"    both to look at: {', '.join(both)}")
    if not result.passed:
        raise AuditDifference(
            f"{told}: {len(result.differing)} of {outputs} came out otherwise, "
            f"{len(result.altered)} were altered.",
            remedy=f"The new outputs are in {common.shown(result.rerun)}."
            + (" Audit the month on a machine as it was published on to be sure." if result.machine else ""),
        )
    reporter.say(f"Passed: {told}: {outputs}, all the same.")


def _tell_drift(project: Project, run: Run, told: str, reporter: Reporter) -> None:
    """Make the snapshot of `run` again from its sources and tell what differs."""
    from reporting.pipeline.rebuild import from_sources

    found = from_sources(project, run, reporter)
    for source in found.sources:
        reporter.say(f"Source not as it was: {source}")
    for changed in found.changed:
        reporter.say(f"Not as it was, and may be the cause: {changed}")
    for table in found.tables:
        reporter.say(f"Came out otherwise: {table}")
    if found.restated:
        reporter.say(f"Restated: {found.restated}")
    shown = [figure for figure in found.figures if figure.shows]
    for figure in shown:
        change = f" ({figure.change})" if figure.change else ""
        reporter.say(f"Moves: {figure.label}, {figure.before}, now {figure.after}{change}")
    if hidden := len(found.figures) - len(shown):
        reporter.say(f"Moves by less than is shown: {_number(hidden, 'figure')}")
    if found.page:
        raise AuditDifference(
            f"{told}: the sources now say something else, in {_number(len(found.tables), 'table')} of the "
            f"snapshot; {_number(len(found.figures), 'reported figure')} would move.",
            remedy=f"Both are shown in {common.shown(found.page)}. "
            "To publish again, and keep what was published: `reporting run`.",
        )
    reporter.say(f"Passed: {told}: the sources still give the same snapshot.")


def doctor(context: typer.Context) -> None:
    """Check the environment: Python, packages, renderer, fonts, folders, sources."""
    from reporting.pipeline.doctor import examine
    from reporting.pipeline.project import Project

    bad = 0
    console = common.output()
    for check in examine(Project(context.obj.root)):
        console.print(f"{MARKS[check.state]}  [bold]{check.name:16}[/]", end=" ")
        console.print(check.text, markup=False, soft_wrap=True)
        bad += check.state == "bad"
    if bad:
        raise typer.Exit(1)


def _extent(table: TableReport) -> str:
    """Rows of a table and the span of their dates."""
    if table.rows is None:
        return "can't be read yet"
    span = f", {table.first} to {table.last}" if table.rows else ""
    return f"{_number(table.rows, 'row')}{span}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
