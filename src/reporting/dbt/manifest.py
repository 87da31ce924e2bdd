"""`target/manifest.json` of a dbt project: what it builds or declares that a SELECT can read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.errors import ConfigError

BUILT = ("model", "seed", "snapshot")


@dataclass(frozen=True)
class Relation:
    """A table or view of the warehouse.

    Attributes:
        kind: `model`, `seed`, `snapshot` or `source`.
        name: Its name in dbt.
        relation: Its name in the warehouse, quoted as there.
        columns: Those that dbt knows of; often none.
        table: The canonical table that its `meta: {reporting: ...}` says it is.
        package: The package that it is part of; of a source, the source's name.
        version: Of a versioned model.
    """

    kind: str
    name: str
    relation: str
    columns: tuple[str, ...]
    table: str
    package: str
    version: str | None = None


@dataclass(frozen=True)
class Manifest:
    """A dbt project.

    Attributes:
        adapter: The kind of warehouse, as dbt calls it.
        database: The one that most of it lies in; empty where dbt names none.
    """

    path: Path
    project: str
    adapter: str
    database: str
    relations: tuple[Relation, ...]


def read_manifest(path: Path) -> Manifest:
    """Read `target/manifest.json`.

    Raises:
        ConfigError: It is missing, or no manifest of dbt.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        about = content["metadata"]
        if "/dbt/manifest/" not in about["dbt_schema_version"]:
            raise ValueError("its schema is another")
        found = tuple(_relations(content))
        databases = Counter(node.get("database") or "" for node in content["nodes"].values())
        database = databases.most_common(1)[0][0] if databases else ""
        project, adapter = (about.get(key) or "" for key in ("project_name", "adapter_type"))
        return Manifest(path, project, adapter, database, found)
    except OSError as error:
        problem = f"the manifest can't be read: {error.strerror}."
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = "this is no manifest of dbt."
    raise ConfigError(problem, where=path, remedy="`dbt parse` writes target/manifest.json; name that file.")


def _relations(content: dict[str, Any]) -> Iterator[Relation]:
    """What has a place in the warehouse, models first; an ephemeral model has none."""
    nodes = [node for node in content["nodes"].values() if node["resource_type"] in BUILT]
    for node in sorted(nodes, key=lambda node: (BUILT.index(node["resource_type"]), node["unique_id"])):
        if node.get("relation_name"):
            yield _relation(node, node["resource_type"], node["package_name"])
    for _, source in sorted(content["sources"].items()):
        yield _relation(source, "source", source["source_name"])


def _relation(node: dict[str, Any], kind: str, package: str) -> Relation:
    meta = {**(node.get("meta") or {}), **((node.get("config") or {}).get("meta") or {})}
    version = node.get("version")
    return Relation(
        kind,
        node["name"],
        node["relation_name"],
        tuple(column["name"] for column in (node.get("columns") or {}).values()),
        str(meta.get("reporting") or ""),
        package,
        None if version is None else str(version),
    )
