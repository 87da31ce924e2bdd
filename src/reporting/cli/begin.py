"""The commands that begin something: init, suggest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from reporting.cli import common
from reporting.errors import ConfigError

if TYPE_CHECKING:
    from reporting.pipeline.project import Project
    from reporting.starter.project import Given


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (init, suggest):
        app.command()(command)


def init(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The company, as its source is to be called: acme.")],
    preset: Annotated[
        list[str], typer.Option(metavar="SYSTEM", help="Begin with SELECTs for stripe, segment ...; repeat.")
    ] = [],  # noqa: B006 - typer copies it
    dbt: Annotated[
        Path | None,
        typer.Option(metavar="MANIFEST", help="Begin with SELECTs over the models of target/manifest.json."),
    ] = None,
) -> None:
    """Begin a project of your own in this folder, or add a company to the project that is here."""
    from reporting.pipeline.plan import require_name
    from reporting.starter.project import begin

    given = _of_dbt(dbt) if dbt else None
    begun = begin(context.obj.root, require_name(name), preset, given)
    console = common.output()

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    if begun.project:
        say("A project of your own: notebooks/, params/, docs/, deploy/, reports/, Makefile, the lock.")
        say("  make monthly-report    the demo company, to see what comes out")
    for path in begun.left:
        say(f"{path} was there and stays; compare it with that of a project begun in an empty folder.")
    say(f"The source {name}: params/sources/{name}.yml, and a SELECT for each table beside it.")
    if given:
        say(f"  From dbt: {', '.join(given.selects)}; each SELECT says which model it reads.")
    say(f"  1. Put your tables into {common.shown(begun.data)}/, or name the database in {name}.yml.")
    say(f"  2. Map your columns: params/sources/{name}/*.sql, docs/sources.md.")
    say(f"  3. make validate SOURCE={name}")
    say(f"  4. make suggest SOURCE={name} OUT=params/product.{name}.yml")
    say(f"  5. make monthly-report SOURCE={name}")


def _of_dbt(path: Path) -> Given:
    """SELECTs over a dbt project, and the kind of connection it has, if it is one of ours."""
    from typing import get_args

    from reporting.dbt.manifest import read_manifest
    from reporting.dbt.selects import selects
    from reporting.sources.mapping import Kind
    from reporting.starter.project import Given

    manifest = read_manifest(path)
    kind = manifest.adapter if manifest.adapter in get_args(Kind) else ""
    return Given(selects(manifest), kind, f"{manifest.database}.duckdb")


def suggest(
    context: typer.Context,
    source: common.Source = None,
    out: Annotated[
        Path | None, typer.Option(help="Write it here, params/product.acme.yml say; default: print it.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Even if the file is there.")] = False,
    params: common.Params = None,
) -> None:
    """Propose a product definition from a source's events and subscriptions, with its reasons."""
    project = common.project_of(context, params)
    name = common.source_of(project, source)
    if out and out.exists() and not overwrite:
        raise ConfigError(
            "the file is there already; nothing was written.",
            where=out,
            remedy="Choose another with --out, or say --overwrite.",
        )
    page = _proposed(project, name)
    if out is None:
        typer.echo(page, nl=False)
        typer.echo(f"To keep it: reporting suggest --source {name} --out params/product.{name}.yml", err=True)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    console = common.output()
    console.print(f"Written: {common.shown(out.resolve())}", markup=False, soft_wrap=True)
    console.print(
        f"It counts once params/sources/{name}.yml says `product: {out.name}`.", markup=False, soft_wrap=True
    )


def _proposed(project: Project, name: str) -> str:
    """The proposal for the source `name`, of what was known at its last close."""
    from reporting.cli.demodata import ensure_tables
    from reporting.contract import refuse
    from reporting.contract.asof import as_of
    from reporting.pipeline.progress import Reporter
    from reporting.sources import open_source
    from reporting.suggest.decide import decide
    from reporting.suggest.measure import measure
    from reporting.suggest.page import write_page

    if name == common.DEMO:
        ensure_tables(project, Reporter(Console(stderr=True)))
    with open_source(name, project.params_dir) as opened:
        month = opened.last_month()
        refuse(opened.check(month), opened.path)
        close = opened.closing(month)
        measured = measure(as_of(opened.tables, close), close, opened.file.timezone)
    return write_page(decide(measured), name)
