"""A dbt project's manifest of version 12, as `dbt parse` writes it, without what nobody here reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SCHEMA = "https://schemas.getdbt.com/dbt/manifest/v12.json"


def node(kind: str, name: str, *columns: str, package: str = "shop", **more: Any) -> dict[str, Any]:
    """A node in the database `prod`, schema `main`."""
    return {
        "unique_id": f"{kind}.{package}.{name}",
        "resource_type": kind,
        "name": name,
        "package_name": package,
        "database": "prod",
        "relation_name": f'"prod"."main"."{name}"',
        "columns": {column: {"name": column} for column in columns},
        **more,
    }


@pytest.fixture
def manifest(tmp_path: Path):
    """Writes a manifest of the nodes and sources given; returns its path."""

    def write(*nodes: dict[str, Any], adapter: str = "postgres", schema: str = SCHEMA) -> Path:
        built = {each["unique_id"]: each for each in nodes if each["resource_type"] != "source"}
        declared = {each["unique_id"]: each for each in nodes if each["resource_type"] == "source"}
        metadata = {"dbt_schema_version": schema, "project_name": "shop", "adapter_type": adapter}
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps({"metadata": metadata, "nodes": built, "sources": declared}))
        return path

    return write
