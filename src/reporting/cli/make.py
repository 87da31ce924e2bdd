"""The commands that make something: run, render, account-review, demo, schemas, brand."""

from __future__ import annotations

from typing import Annotated

import typer

from reporting.cli import common


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (run, render, account_review, demo, schemas, brand):
        app.command()(command)


def run(
    context: typer.Context,
    source: common.Source = None,
    month: common.Month = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM", help="The first of many months, one by one.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="The last of them; default: the last closed one.")
    ] = None,
    params: common.Params = None,
    renderer: common.Renderer = "auto",
    keep_project: common.KeepProject = False,
    set_: Annotated[
        list[str], typer.Option("--set", metavar="NOTEBOOK.PARAMETER=VALUE", help="Over the params file.")
    ] = [],  # noqa: B006 - typer copies it
    per: Annotated[
        str | None,
        typer.Option(metavar="owner|region|plan", help="Also reports for each part of the company."),
    ] = None,
    slides: Annotated[
        bool | None,
        typer.Option("--slides/--no-slides", help="Also as slides; default: as the params file says."),
    ] = None,
    notebooks: Annotated[
        str | None,
        typer.Option(metavar="SET", help="Publish these only, a set that the params file names, apart."),
    ] = None,
    only: Annotated[
        list[str], typer.Option(metavar="NOTEBOOK", help="Run only this one; a preview, never published.")
    ] = [],  # noqa: B006
) -> None:
    """Make the reports of a month, or of many, and publish them."""
    from reporting.cli.demodata import ensure_tables
    from reporting.cli.outcome import tell, tell_backfill
    from reporting.pipeline.backfill import backfill, months_of, require_span
    from reporting.pipeline.plan import Request, make_plan
    from reporting.pipeline.progress import Reporter
    from reporting.pipeline.run import run as run_month

    project = common.project_of(context, params)
    require_span(from_, to, month, only)
    command = context.obj.command
    asked = (source, month, set_, only, notebooks, renderer, keep_project, per, slides, command)
    plan = make_plan(project, Request(*asked))
    reporter = Reporter(common.output())
    if plan.source == common.DEMO:
        ensure_tables(project, reporter)
    if from_ is None:
        tell(run_month(project, plan, reporter), plan, reporter)
    else:
        made = backfill(project, plan, months_of(project, plan, from_, to), reporter)
        tell_backfill(made, project, plan, reporter)


def render(
    context: typer.Context,
    source: common.Source = None,
    month: common.Month = None,
    params: common.Params = None,
    renderer: common.Renderer = "auto",
    keep_project: common.KeepProject = False,
) -> None:
    """Set the pages of a published month again, beside it; what is published stays as it is."""
    from reporting.pipeline.history import published_run
    from reporting.pipeline.progress import Reporter
    from reporting.pipeline.rerender import rerender

    project = common.project_of(context, params)
    found = published_run(project, common.source_of(project, source), month)
    reporter = Reporter(common.output())
    folder = rerender(project, found, renderer, reporter, keep_project)
    reporter.say(f"Open {common.shown(folder / 'index.html')}")


def account_review(
    context: typer.Context,
    accounts: Annotated[list[str], typer.Argument(metavar="ACCOUNT", help="Ids of accounts.")] = [],  # noqa: B006
    stance: Annotated[str | None, typer.Option(help="All of a stance: rescue, protect, grow ...")] = None,
    owner: Annotated[str | None, typer.Option(help="All of an owner, by name; with --stance, both.")] = None,
    source: common.Source = None,
    month: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="A published month; default: the last one.")
    ] = None,
    params: common.Params = None,
    dask: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Have them made by a Dask cluster.")
    ] = None,
) -> None:
    """Two pages on an account for the next call with it, beside its published month."""
    from reporting.pipeline.history import published_run
    from reporting.pipeline.progress import Reporter
    from reporting.pipeline.reviews.produce import Asked, produce

    project = common.project_of(context, params)
    found = published_run(project, common.source_of(project, source), month)
    reporter = Reporter(common.output())
    pages = produce(project, found, Asked(accounts, stance, owner, dask), reporter)
    reporter.say(f"Run {found.manifest.run_id if found.manifest else ''}: HTML, PDF and notebook of each.")
    reporter.say(f"Open {common.shown(pages[0] if len(pages) == 1 else pages[0].parent)}")


def demo(context: typer.Context) -> None:
    """Build the demo company's tables and the snapshot that the notebooks open on."""
    from reporting.cli.demodata import ensure_snapshot, ensure_tables
    from reporting.pipeline.progress import Reporter

    project = common.project_of(context)
    reporter = Reporter(common.output())
    tables = ensure_tables(project, reporter)
    snapshot = ensure_snapshot(project, reporter)
    reporter.say(f"Tables in {common.shown(tables)}, snapshot in {common.shown(snapshot)}.")
    reporter.say("The notebooks open on them: `make lab`.")


def schemas(context: typer.Context) -> None:
    """Write JSON Schemas of the YAML files: editors then complete and check keys and show what they mean."""
    from reporting.pipeline.schemas import write_schemas

    written = write_schemas(common.project_of(context).params_dir)
    common.output().print(f"Written: {', '.join(map(common.shown, written))}", soft_wrap=True)


def brand(context: typer.Context) -> None:
    """Write params/brand.yml, which is in the older form, as params/_brand.yml, which Quarto reads."""
    from reporting.errors import ConfigError
    from reporting.present.brand import NAME, OLDER, converted

    folder = common.project_of(context).params_dir
    older, new = folder / OLDER, folder / NAME
    if new.exists():
        raise ConfigError(
            "this file is there already.", where=new, remedy=f"Only it is read; remove {OLDER}."
        )
    text = converted(older)
    new.write_text(text, encoding="utf-8")
    common.output().print(f"Written: {common.shown(new)}. Remove {common.shown(older)}.", soft_wrap=True)
