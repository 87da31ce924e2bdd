"""The commands that begin something: init, suggest."""

from __future__ import annotations

from typing import Annotated

import typer

from reporting.cli import common


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(init)


def init(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The company, as its source is to be called: acme.")],
    preset: Annotated[
        list[str], typer.Option(metavar="SYSTEM", help="Begin with SELECTs for stripe, segment ...; repeat.")
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Begin a project of your own in this folder, or add a company to the project that is here."""
    from reporting.pipeline.plan import require_name
    from reporting.starter.project import begin

    begun = begin(context.obj.root, require_name(name), preset)
    console = common.output()

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    if begun.project:
        say("A project of your own: notebooks/, params/, docs/, reports/, Makefile, requirements.lock.")
        say("  make monthly-report    the demo company, to see what comes out")
    for path in begun.left:
        say(f"{path} was there and stays; compare it with that of a project begun in an empty folder.")
    say(f"The source {name}: params/sources/{name}.yml, and a SELECT for each table beside it.")
    say(f"  1. Put your tables into {common.shown(begun.data)}/, or name the database in {name}.yml.")
    say(f"  2. Map your columns: params/sources/{name}/*.sql, docs/sources.md.")
    say(f"  3. make validate SOURCE={name}")
    say(f"  4. make monthly-report SOURCE={name}")
