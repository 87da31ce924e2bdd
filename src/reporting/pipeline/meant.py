"""For which sources a notebook is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reporting.errors import ParameterError, did_you_mean
from reporting.pipeline.parameters import Notebook


def meant_for(source: str, notebooks: Mapping[str, Notebook]) -> dict[str, Notebook]:
    """Those of `notebooks` that tell this source; of a part or a set, those that tell the whole."""
    company = source.partition("/")[0]
    return {name: one for name, one in notebooks.items() if not one.sources or company in one.sources}


def require_sources(notebooks: Iterable[Notebook], known: Sequence[str]) -> None:
    """Refuse a notebook that is meant for a source that there isn't: it would never be run.

    Raises:
        ParameterError: One is; with the nearest name among those `known`.
    """
    for notebook in notebooks:
        for name in notebook.sources:
            if name not in known:
                raise ParameterError(
                    f"it is meant for the source '{name}', which there isn't.{did_you_mean(name, known)}",
                    where=notebook.path,
                    remedy=f"Sources to name in `reporting.sources` of its metadata: {', '.join(known)}.",
                )
