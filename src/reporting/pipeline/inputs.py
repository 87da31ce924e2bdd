"""Gather what the bytes of a run depend on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reporting.pipeline.manifest import Inputs, sha256
from reporting.pipeline.parameters import Notebook
from reporting.pipeline.project import Project
from reporting.present.brand import HERE, Brand, load_brand
from reporting.snapshot.code import code_hash


def collect(
    project: Project,
    meta: Mapping[str, Any],
    source: str,
    notebooks: Mapping[str, Notebook],
    parameters: dict[str, dict[str, Any]],
    renderer: str,
) -> Inputs:
    """The inputs of a run over the snapshot described by `meta`."""
    return Inputs(
        source=source,
        month=meta["month"],
        snapshot=snapshot_hash(meta),
        code=code_hash(),
        lock=sha256(project.lock_file) if project.lock_file.exists() else "none",
        brand=brand_hash(brand(project)),
        renderer=renderer,
        notebooks={name: sha256(notebook.path) for name, notebook in notebooks.items()},
        parameters=parameters,
    )


def snapshot_hash(meta: Mapping[str, Any]) -> str:
    """Hash of all a snapshot says, but for what it was read from.

    A living source has new rows every day; a month whose snapshot they don't touch is still the same month.
    """
    said = {key: value for key, value in meta.items() if key != "sources"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def brand(project: Project) -> Brand:
    """The brand that the project's charts and pages take."""
    own = project.params_dir / "brand.yml"
    named = os.environ.get("REPORTING_BRAND")
    return load_brand(Path(named) if named else own if own.exists() else HERE / "brand.yml")


def brand_hash(brand: Brand) -> str:
    """Hash over a brand's values and the bytes of its files, wherever they lie."""
    files = [sha256(file) for file in (*(brand.logo.files if brand.logo else ()), *brand.font.files.values())]
    parts = [brand.name, sorted(brand.colors.items()), brand.palette, brand.font.family, files]
    return hashlib.sha256(repr(parts).encode()).hexdigest()
