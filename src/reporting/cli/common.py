"""What the commands share: options, the project, the demo company's tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from reporting.cli.ending import Output

if TYPE_CHECKING:
    from reporting.params.product import Product
    from reporting.pipeline.project import Project

DEMO = "demo"

Source = Annotated[
    str | None, typer.Option(help="Name of a file in params/sources/; default: `source` of the params file.")
]
Month = Annotated[
    str | None, typer.Option(metavar="YYYY-MM", help="The month; default: the last closed one.")
]
Params = Annotated[Path | None, typer.Option(help="The params file; default: params/monthly.yml.")]
Renderer = Annotated[
    str,
    typer.Option(metavar="auto|quarto|embedded", help="What sets the pages; auto: see the params file."),
]
KeepProject = Annotated[
    bool, typer.Option("--keep-project", help="Leave the Quarto project in build/<source>/<month>/quarto/.")
]


@dataclass(frozen=True)
class Settings:
    """The options before the command."""

    root: Path
    debug: bool
    command: tuple[str, ...] = ()


def project_of(context: typer.Context, params: Path | None = None) -> Project:
    """The project the command works on."""
    from reporting.pipeline.project import Project

    return Project(context.obj.root, params.resolve() if params else None).require()


def source_of(project: Project, source: str | None) -> str:
    """The source asked for, else the one of the params file."""
    from reporting.params.load import load_yaml
    from reporting.params.monthly import Monthly

    return source or load_yaml(project.params, Monthly).source


def product_of(project: Project, source: str | None) -> Product:
    """The product definition that goes with the source."""
    from reporting.params.load import load_yaml
    from reporting.params.monthly import Monthly
    from reporting.pipeline.plan import product_of
    from reporting.sources.mapping import load_source_file

    monthly = load_yaml(project.params, Monthly)
    file, _ = load_source_file(source or monthly.source, project.params_dir)
    return product_of(project, monthly, file)


def output() -> Console:
    """Where results go."""
    return Output(highlight=False)


def print_json(told: object) -> None:
    """Print `told` as JSON, for programs."""
    from json import dumps

    output().print(dumps(told, indent=2), soft_wrap=True, markup=False)


def shown(path: Path) -> str:
    """`path` as short as it can be written from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
