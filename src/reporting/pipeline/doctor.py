"""Is this machine fit to run? Each check says what is wrong and what to do."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from reporting.errors import ReportingError
from reporting.pipeline.project import Project


@dataclass(frozen=True)
class Check:
    """One finding about the environment.

    Attributes:
        state: `good`, `note` (works, but know it) or `bad`.
    """

    name: str
    state: str
    text: str


def examine(project: Project) -> Iterator[Check]:
    """All checks, one after another."""
    yield _python()
    yield _packages(project)
    yield _reports(project)
    yield _renderer(project)
    yield from _quarto()
    yield _brand(project)
    yield from _sources(project)


def _python() -> Check:
    return Check("Python", "good", f"{platform.python_version()} in {sys.prefix}")


def _packages(project: Project) -> Check:
    if not project.lock_file.exists():
        return Check("Packages", "note", f"there is no {project.lock_file.name} to compare with")
    wrong, count = [], 0
    for name, locked in _locked(project.lock_file.read_text(encoding="utf-8")):
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            installed = "absent"
        count += 1
        if installed != locked:
            wrong.append(f"{name} {installed} (locked: {locked})")
    if wrong:
        return Check(
            "Packages", "bad", f"not as locked: {', '.join(wrong)}; run `rm .venv/.ready; make setup`"
        )
    return Check("Packages", "good", f"all {count} as locked")


def _locked(text: str) -> Iterator[tuple[str, str]]:
    """Name and version of each locked package that belongs on this machine."""
    from packaging.markers import Marker

    pin = r"^([\w.-]+)(?:\[[\w,. -]+\])?==(\S+)(?: ; ([^\\\n]+))?"
    for name, version, marker in re.findall(pin, text, re.M):
        if not marker or Marker(marker.strip()).evaluate():
            yield name, version


def _reports(project: Project) -> Check:
    try:
        project.require().require_writable(project.reports, project.root / "build")
    except ReportingError as error:
        return Check("Project folder", "bad", str(error))
    return Check("Project folder", "good", f"{project.root.resolve()}; reports/ and build/ can be written")


def _renderer(project: Project) -> Check:
    from reporting.params.load import load_yaml
    from reporting.params.monthly import Monthly
    from reporting.pipeline.plan import choose_renderer

    try:
        renderer = choose_renderer("auto", load_yaml(project.params, Monthly))
    except ReportingError as error:
        return Check("Renderer", "bad", str(error))
    return Check("Renderer", "good", renderer)


def _quarto() -> Iterator[Check]:
    """Quarto where it is installed, which a run may ask for."""
    from reporting.pipeline.render.quarto import find_quarto, quarto_version

    try:
        if quarto := find_quarto():
            yield Check("Quarto", "good", f"{quarto_version(quarto)}, {quarto}")
    except ReportingError as error:
        yield Check("Quarto", "note", str(error))


def _brand(project: Project) -> Check:
    from reporting.pipeline.inputs import brand

    try:
        found = brand(project)
    except ReportingError as error:
        return Check("Brand and fonts", "bad", str(error))
    told = "; ".join([f"{found.name or 'default brand'}, {found.font.family}", *found.notes])
    return Check("Brand and fonts", "note" if found.notes else "good", told)


def _sources(project: Project) -> Iterator[Check]:
    from reporting.sources.mapping import list_sources, load_source_file

    for name in list_sources(project.params_dir):
        try:
            connection = load_source_file(name, project.params_dir)[0].connection
        except ReportingError as error:
            yield Check(f"Source {name}", "bad", str(error))
            continue
        variables = [name for name in (connection.url_env, connection.path_env) if name]
        unset = [variable for variable in variables if variable not in os.environ]
        if unset and not connection.path:
            yield Check(f"Source {name}", "note", f"{', '.join(unset)} is not set; this source can't be read")
        else:
            yield Check(f"Source {name}", "good", connection.kind)
