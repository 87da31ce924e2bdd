"""The command for dbt: exposures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reporting.cli import common


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(exposures)


def exposures(
    context: typer.Context,
    manifest: Annotated[Path, typer.Argument(help="target/manifest.json of the dbt project.")],
    source: common.Source = None,
    out: Annotated[
        Path | None, typer.Option(help="Write it here, models/exposures.yml say; default: print it.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Who answers for them: a name or an address.")] = "Reporting",
    params: common.Params = None,
) -> None:
    """Write the reports of a source as exposures of the dbt project whose models it reads."""
    from reporting.dbt.exposures import Report, reads
    from reporting.dbt.exposures import exposures as written
    from reporting.dbt.manifest import read_manifest
    from reporting.pipeline.parameters import find_notebooks
    from reporting.sources.mapping import load_mappings, load_source_file

    project = common.project_of(context, params)
    name = common.source_of(project, source)
    dbt = read_manifest(manifest)
    file, path = load_source_file(name, project.params_dir)
    read = reads(load_mappings(file, path), file.connection.kind, dbt)
    reports = [
        Report(notebook.name, notebook.title, notebook.description)
        for notebook in find_notebooks(project.notebooks).values()
    ]
    page = written(name, file.title, owner, reports, read, dbt.project)
    for foreign in read.foreign:
        typer.echo(f"note: {foreign} is not of the dbt project {dbt.project}, and is left out.", err=True)
    if out is None:
        typer.echo(page, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    typer.echo(f"Written: {common.shown(out.resolve())}")
