"""Chosen notebooks that are published together: months of their own beside those of the whole company."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reporting.errors import ConfigError, did_you_mean
from reporting.params.monthly import Monthly
from reporting.pipeline.parameters import Notebook, require_notebook

FOLDER = "sets"
"""Of a source's folder in `reports/`; a set's months lie in `sets/<name>/`."""


def chosen(name: str, monthly: Monthly, notebooks: Mapping[str, Notebook], params: Path) -> list[str]:
    """The notebooks of the set `name`.

    Args:
        params: The params file, named in messages.

    Raises:
        ConfigError: The params file names no such set, its name can't be a folder's, or it is empty.
        ParameterError: It holds a notebook that isn't there.
    """
    where = f"{params}: notebooks.{name}"
    if name not in monthly.notebooks:
        known = ", ".join(monthly.notebooks) or "none yet"
        raise ConfigError(
            f"the params file names no set of notebooks '{name}'.{did_you_mean(name, monthly.notebooks)}",
            where=f"--notebooks {name}",
            remedy=f"Sets in {params}: {known}. Write one under `notebooks:`, as in docs/schedule.md.",
        )
    if not re.fullmatch(r"\w[\w-]*", name):
        raise ConfigError(
            "the name of a set is that of a folder.", where=where, remedy="Use letters, digits, _ and -."
        )
    if not monthly.notebooks[name]:
        raise ConfigError("the set holds no notebook.", where=where, remedy="Name one, or drop the set.")
    for notebook in monthly.notebooks[name]:
        require_notebook(notebook, notebooks, where)
    return monthly.notebooks[name]


def require_alone(name: str | None, per: str | None, only: list[str]) -> None:
    """Refuse a set together with what chooses notebooks or accounts in another way.

    Raises:
        ConfigError: So it was asked.
    """
    for option, given in (("--only", only), ("--per", per)):
        if name and given:
            raise ConfigError(
                f"a set can't be asked for together with {option}.",
                where=f"--notebooks {name}",
                remedy=f"Leave out {option}, or leave out --notebooks.",
            )


def source_of(place: str) -> str:
    """The source whose months lie at `place` below `reports/`, be they those of a set."""
    return place.partition(f"/{FOLDER}/")[0]
