"""A month that stands: published from what is there now, told without opening the source or reading a table.

After a run the states of all files it may have read are noted beside the source's caches. As long as they are
the same, and with them code, packages, notebooks and parameters, another run would make the same month again.
A server can't be told by files: its months are frozen again, and compared.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reporting.errors import ConfigError, SourceError
from reporting.month import Month
from reporting.pipeline import inputs
from reporting.pipeline.manifest import Manifest
from reporting.pipeline.plan import Plan
from reporting.pipeline.project import Project
from reporting.pipeline.publish import is_intact
from reporting.sources.file_memory import read_note, settled, state, write_note
from reporting.sources.mapping import LOCAL_KINDS, SourceFile, load_source_file
from reporting.sources.places import local_path, named_folders, root_of

NOTE = "standing.json"


class Standing:
    """What a run would rest on, looked at before it.

    Args:
        project: The project.
        plan: The month, with its notebooks and their parameters.
    """

    def __init__(self, project: Project, plan: Plan) -> None:
        self._at = time.time_ns()
        self._project, self._plan = project, plan
        file, path = load_source_file(plan.source, project.params_dir)
        self.month = plan.month or file.last_month()
        self._note = project.build(plan.place, self.month) / NOTE
        self._question = _question(project, plan, self.month, file)
        places = None if plan.partial or plan.per else _places(file, path)
        self._states = None if places is None else _states(_below(project.params_dir, *places))

    def published(self) -> Manifest | None:
        """The month as it was published, if a run would come to the same; None if only a run can tell."""
        if self._states is None:
            return None
        target = self._project.published(self._plan.place, self.month)
        if any(target.parent.glob(".*-????-??")):  # of a run that was killed: the next one clears up
            return None
        noted = read_note(self._note)
        if {**noted, "run_id": None} != self._rests_on() | {"run_id": None}:
            return None
        try:
            return Manifest.read(target) if is_intact(target, noted["run_id"]) else None
        except (OSError, KeyError, ConfigError):
            return None

    def keep(self, run_id: str) -> None:
        """Note that this run came of it, unless a file may have changed unnoticed."""
        if self._states is not None and settled(self._states.values(), self._at):
            write_note(self._note, self._rests_on() | {"run_id": run_id})

    def _rests_on(self) -> dict[str, Any]:
        return {"question": self._question, "states": self._states, "archive": _archive(self._project)}


def _question(project: Project, plan: Plan, month: Month, file: SourceFile) -> str:
    """A hash of all that a run rests on but params and tables."""
    given = (plan.notebooks, plan.parameters, plan.renderer, plan.slides)
    asked: list[Any] = [plan.place, str(month), str(file.last_month()), inputs.around(project, *given)]
    asked += [plan.product.model_dump(mode="json"), sys.version, _installed()]
    return hashlib.sha256(json.dumps(asked, default=str).encode()).hexdigest()


def _installed() -> list[str]:
    """Names and versions of what is installed, by the folders that say so."""
    places = [Path(place) for place in sys.path if Path(place).is_dir()]
    return sorted(found.name for place in places for found in place.glob("*.*-info"))


def _places(file: SourceFile, path: Path) -> list[Path] | None:
    """Where the source's tables are, if files tell whether they changed; None for a server, or where they
    can't be found: the run says it better."""
    if file.connection.kind not in LOCAL_KINDS:
        return None
    root = root_of(path)
    given = [path.parent / name for name in (file.exchange_rates, file.control_totals) if name]
    try:
        tables = local_path(file.connection, path, root)
        return [tables, *named_folders(file.connection, path, root), *given]
    except (ConfigError, SourceError):
        return None


def _below(*places: Path) -> Iterator[Path]:
    """The files of folders, links followed, and the files themselves."""
    for place in places:
        if not place.is_dir():
            yield place
        for folder, _, names in os.walk(place, followlinks=True):
            yield from (Path(folder) / name for name in names)


def _states(files: Iterator[Path]) -> dict[str, list[int]]:
    return {str(path): state(path) for path in sorted(set(files))}


def _archive(project: Project) -> dict[str, list[int]]:
    """The state of the archive's page and of all months that it shows."""
    return _states(iter([project.reports / "index.html", *project.reports.glob("*/????-??/manifest.json")]))
