"""Gather what the bytes of a run depend on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reporting.pipeline.manifest import Inputs, packages, sha256
from reporting.pipeline.parameters import Notebook
from reporting.pipeline.project import Project
from reporting.present.brand import PAGE_SIZES, SHIPPED, Brand, brand_path, load_brand
from reporting.present.locale import DEFAULT
from reporting.snapshot.code import code_hash

if TYPE_CHECKING:
    from reporting.snapshot.frozen import Snapshot

_DEFAULTS = (PAGE_SIZES[0], DEFAULT)
"""What months were published with before a brand could say otherwise; their runs keep their ids."""


def collect(
    project: Project,
    snapshot: Snapshot,
    source: str,
    notebooks: Mapping[str, Notebook],
    parameters: dict[str, dict[str, Any]],
    renderer: str,
    slides: bool,
) -> Inputs:
    """The inputs of a run over a snapshot."""
    return Inputs(
        source=source,
        month=str(snapshot.month),
        snapshot=snapshot.identity,
        packages=packages(),
        **around(project, notebooks, parameters, renderer, slides),
    )


def around(
    project: Project,
    notebooks: Mapping[str, Notebook],
    parameters: dict[str, dict[str, Any]],
    renderer: str,
    slides: bool,
) -> dict[str, Any]:
    """The inputs of a run, as fields of `Inputs`, that are known without its snapshot."""
    return {
        "code": code_hash(),
        "lock": sha256(project.lock_file) if project.lock_file.exists() else "none",
        "brand": brand_hash(brand(project)),
        "renderer": renderer,
        "notebooks": {name: sha256(notebook.path) for name, notebook in notebooks.items()},
        "parameters": parameters,
        "slides": slides,
    }


def brand(project: Project) -> Brand:
    """The brand that the project's charts and pages take."""
    named = os.environ.get("REPORTING_BRAND")
    return load_brand(Path(named) if named else brand_path(project.params_dir) or SHIPPED)


def brand_hash(brand: Brand) -> str:
    """Hash over a brand's values and the bytes of its files, wherever they lie."""
    files = [sha256(file) for file in (*(brand.logo.files if brand.logo else ()), *brand.font.files.values())]
    parts = [brand.name, sorted(brand.colors.items()), brand.palette, brand.font.family, files]
    parts += [said for said in (brand.page_size, brand.locale) if said not in _DEFAULTS]
    return hashlib.sha256(repr(parts).encode()).hexdigest()
