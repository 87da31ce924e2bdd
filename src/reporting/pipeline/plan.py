"""What a run is asked to do, checked before anything runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reporting.errors import ConfigError, did_you_mean
from reporting.month import Month
from reporting.params.load import load_yaml
from reporting.params.monthly import Monthly
from reporting.params.product import Product
from reporting.pipeline.meant import meant_for, require_sources
from reporting.pipeline.parameters import (
    Notebook,
    choose,
    find_notebooks,
    require_notebook,
    require_tag,
)
from reporting.pipeline.parts import require_per
from reporting.pipeline.project import Project
from reporting.pipeline.sets import FOLDER, chosen, require_alone

if TYPE_CHECKING:
    from reporting.sources import SourceFile


@dataclass(frozen=True)
class Request:
    """What the command line asks for; None and empty leave it to the params file.

    Attributes:
        settings: `notebook.parameter=value`, each over the params file.
        only: Notebooks to run; a run of some of them is a preview and never published.
        notebooks: A set of the params file, see `sets`; it is published by itself.
        renderer: `quarto`, `embedded`, or `auto`, what the params file says.
        keep_project: Whether Quarto's project is left in `build/`.
        per: Also reports for each part of the company by this, see `parts.PER`.
        slides: Whether also as slides.
        command: The command line that asks, for the manifest.
    """

    source: str | None = None
    month: str | None = None
    settings: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    notebooks: str | None = None
    renderer: str = "auto"
    keep_project: bool = False
    per: str | None = None
    slides: bool | None = None
    command: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A request in which every name is known and every parameter has its type.

    Attributes:
        month: None is the last closed month of the source.
        notebooks: Those to run.
        parameters: Notebook -> parameter -> value, where one is given.
        product: The product definition that goes with the source.
        partial: Whether this is a preview of some notebooks.
        renderer: `embedded`, or `quarto` with its version.
        keep_project: Whether Quarto's project is left in `build/`.
        per: By what the company is also told in parts; None = as a whole only.
        set: The set of notebooks that is published; None = all of them.
        slides: Whether the month is told in slides as well.
        command: The command line that asked for it.
    """

    monthly: Monthly
    source: str
    month: Month | None
    notebooks: dict[str, Notebook]
    parameters: dict[str, dict[str, Any]]
    product: Product
    partial: bool
    renderer: str
    keep_project: bool = False
    per: str | None = None
    set: str | None = None
    slides: bool = False
    command: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where the months lie below `reports/`."""
        return f"{self.source}/{FOLDER}/{self.set}" if self.set else self.source


def make_plan(project: Project, request: Request) -> Plan:
    """Check `request` against the project.

    Raises:
        UsageError: The params file, the source file, the product definition, a notebook or a parameter is
            wrong, the renderer isn't there, or `reports/` can't be written.
    """
    from reporting.sources.mapping import list_sources, load_source_file

    project.require()
    monthly = load_yaml(project.params, Monthly)
    notebooks = find_notebooks(project.notebooks)
    require_sources(notebooks.values(), list_sources(project.params_dir))
    parameters = choose(notebooks, monthly.reports, request.settings, project.params)
    per = require_per(request.per, request.only)
    require_alone(request.notebooks, per, request.only)
    for name in request.only:
        require_notebook(name, notebooks, f"--only {name}")
    some = request.only
    if request.notebooks:
        some = chosen(request.notebooks, monthly, notebooks, project.params)
    month = request.month or monthly.month
    source = require_name(request.source or monthly.source)
    ours = meant_for(source, notebooks)
    wanted = {name: ours[name] for name in ours if not some or name in some}
    _require_all(wanted, notebooks, some, source)
    product = product_of(project, monthly, load_source_file(source, project.params_dir)[0])
    renderer = choose_renderer(request.renderer, monthly)
    require_project(renderer, request.keep_project)
    project.require_writable(project.reports, project.build(source))
    return Plan(
        monthly,
        source,
        Month.parse(month) if month else None,
        wanted,
        {name: parameters[name] for name in wanted},
        product,
        partial=not request.notebooks and len(wanted) < len(ours),
        renderer=renderer,
        keep_project=request.keep_project,
        per=per,
        set=request.notebooks,
        slides=monthly.slides if request.slides is None else request.slides,
        command=request.command,
    )


def _require_all(
    wanted: dict[str, Notebook], notebooks: dict[str, Notebook], only: list[str], source: str
) -> None:
    """Refuse to run without a notebook that was asked for, or with one that can't be told what to read."""
    for name in only:
        if name not in wanted:
            raise ConfigError(
                f"the notebook {name} is meant for {', '.join(notebooks[name].sources)}, not for {source}.",
                where=notebooks[name].path,
                remedy=f"Give --source, or add {source} to `reporting.sources` in its metadata.",
            )
    if not wanted:
        raise ConfigError(
            f"no notebook is meant for the source {source}.",
            where=next(iter(notebooks.values())).path.parent,
            remedy="Take `reporting.sources` out of the metadata of those that are.",
        )
    for notebook in wanted.values():
        require_tag(notebook)


def product_of(project: Project, monthly: Monthly, source: SourceFile) -> Product:
    """The product definition of a source: the one it names, else the one of the params file.

    Raises:
        ConfigError: It is missing or malformed, or its playbook names a column that accounts don't have.
    """
    named = "product" in source.model_fields_set
    path = project.params_dir / source.product if named else project.params.parent / monthly.product
    product = load_yaml(path, Product)
    if product.playbook:  # what columns there are takes a second to learn
        from reporting.analysis.verdict import check_playbook

        check_playbook(product, path)
    return product


def require_name(source: str) -> str:
    """`source`, if it can be the name of a folder in `reports/`.

    Raises:
        ConfigError: It holds more than letters, digits, `_` and `-`, or the archive uses it itself.
    """
    if not re.fullmatch(r"\w[\w-]*", source) or source == "assets":
        raise ConfigError(
            f"'{source}' can't be the name of a source.",
            remedy="Use letters, digits, _ and -, as in `acme_eu`.",
        )
    return source


def choose_renderer(asked: str, monthly: Monthly) -> str:
    """`embedded`, or `quarto` with its version, as pages of two versions may differ.

    Args:
        asked: `quarto`, `embedded`, or `auto`, what `monthly` says.

    Raises:
        ConfigError: `quarto` was asked for and is not installed or too old, or there is no such renderer.
    """
    from reporting.pipeline.render.quarto import find_quarto, quarto_version

    known = ("auto", "quarto", "embedded")
    if asked not in known:
        raise ConfigError(
            f"there is no renderer '{asked}'.{did_you_mean(asked, known)}",
            where=f"--renderer {asked}",
            remedy=f"Use one of: {', '.join(known)}.",
        )
    if (monthly.renderer if asked == "auto" else asked) == "embedded":
        return "embedded"
    quarto = find_quarto(required=True)
    assert quarto is not None
    return f"quarto {quarto_version(quarto)}"


def require_project(renderer: str, keep: bool) -> None:
    """Refuse to keep a project that there won't be.

    Raises:
        ConfigError: It is Quarto's, and another renderer sets the pages.
    """
    if keep and renderer == "embedded":
        raise ConfigError(
            "the embedded renderer has no project to keep.",
            where="--keep-project",
            remedy="Give --renderer quarto as well.",
        )
