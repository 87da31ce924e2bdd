"""`exposures.yml`: the reports as what a dbt project is used for, so that dbt's lineage ends with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlglot
import yaml
from sqlglot import exp

from reporting.dbt.manifest import Manifest, Relation
from reporting.errors import ConfigError, SourceError
from reporting.sources.mapping import SQL_DIALECTS, Mapping


class Report(NamedTuple):
    """A report: the notebook's name, title and description."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Reads:
    """What a source's SELECTs read.

    Attributes:
        relations: Of the dbt project.
        foreign: Names of tables that the project neither builds nor declares.
    """

    relations: tuple[Relation, ...]
    foreign: tuple[str, ...]


def reads(mappings: Iterable[Mapping], kind: str, manifest: Manifest) -> Reads:
    """Find the tables of the SELECTs in the manifest.

    Args:
        kind: Of the source's connection; its SQL dialect follows.

    Raises:
        SourceError: A SELECT can't be read.
        ConfigError: None of the tables is in the manifest.
    """
    dialect = SQL_DIALECTS.get(kind, kind)
    known = {each: _parts(exp.to_table(each.relation, dialect=dialect)) for each in manifest.relations}
    found: dict[Relation, None] = {}
    foreign: dict[str, None] = {}
    for mapping in mappings:
        for table in _tables(mapping, dialect):
            parts = _parts(table)
            same = [relation for relation, whole in known.items() if whole[-len(parts) :] == parts]
            found |= dict.fromkeys(same[:1])
            if not same:
                foreign[".".join(parts)] = None
    if not found:
        raise ConfigError(
            f"the SELECTs read {', '.join(foreign) or 'no table'}, of which the project has none.",
            where=manifest.path,
            remedy="Let the SELECTs read what dbt builds: `reporting init NAME --dbt` writes such.",
        )
    return Reads(tuple(sorted(found, key=lambda r: (r.kind, r.name))), tuple(foreign))


def _tables(mapping: Mapping, dialect: str) -> list[exp.Table]:
    """The tables that a SELECT reads, without those it makes itself in WITH."""
    try:
        tree = sqlglot.parse_one(mapping.sql, read=dialect)
    except sqlglot.errors.ParseError as error:
        raise SourceError(
            f"the SQL can't be read: {str(error).splitlines()[0]}", where=mapping.path, remedy="Correct it."
        ) from None
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    return [t for t in tree.find_all(exp.Table) if t.name and (t.db or t.name.lower() not in own)]


def _parts(table: exp.Table) -> tuple[str, ...]:
    return tuple(part.name.lower() for part in table.parts)


def exposures(
    source: str, company: str, owner: str, reports: Iterable[Report], read: Reads, project: str
) -> str:
    """The file: an exposure for each report. All rest on one snapshot, hence on the same relations.

    Args:
        source: The source's name.
        company: Its title.
        owner: A name, or an address with an @.
        project: The dbt project's name; what is of another package is told with the package.
    """
    used = [_reference(relation, project) for relation in read.relations]
    listed: list[dict[str, Any]] = [
        {
            "name": re.sub(r"\W", "_", f"{source}_{report.name}"),
            "label": f"{company}: {report.title}",
            "type": "notebook",
            "description": report.description or report.title,
            "owner": {"email" if "@" in owner else "name": owner},
            "depends_on": list(used),
        }
        for report in reports
    ]
    head = f"# Written by `reporting exposures --source {source}`.\n"
    body = yaml.safe_dump({"version": 2, "exposures": listed}, sort_keys=False, allow_unicode=True, width=100)
    return head + body


def _reference(relation: Relation, project: str) -> str:
    if relation.kind == "source":
        return f"source('{relation.package}', '{relation.name}')"
    package = f"'{relation.package}', " if relation.package != project else ""
    version = f", v={relation.version}" if relation.version else ""
    return f"ref({package}'{relation.name}'{version})"
