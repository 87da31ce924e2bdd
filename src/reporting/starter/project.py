"""Begin a project, or a company in one that is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reporting.errors import ConfigError, did_you_mean
from reporting.starter.origin import keep_package

HERE = Path(__file__).parent
OWN, PRESETS = HERE / "own", HERE / "presets"
LEFT = ("README.md", ".gitignore")
"""A folder that is under version control has them already."""
COPIED = (
    "requirements.lock",
    "notebooks/*.ipynb",
    "docs/*.md",
    "deploy/*",
    "params/_brand.yml",
    "params/monthly.yml",
    "params/product.yml",
    "params/schemas/*.json",
    "params/sources/demo.yml",
    "params/sources/demo/*",
)
"""Of a clone, whose parts an installed package holds as well."""


@dataclass(frozen=True)
class Given:
    """What a source begins with.

    Attributes:
        selects: Canonical table -> its SELECT.
        kind: Of the connection; empty for the template's.
        file: Name of the file that a DuckDB is in.
    """

    selects: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    file: str = ""


@dataclass(frozen=True)
class Begun:
    """What was written.

    Attributes:
        project: Whether a project was begun, and not only a source added to one.
        left: Files that stood there and were left as they are.
        data: The folder for the company's files.
    """

    project: bool
    left: tuple[str, ...]
    data: Path


def shipped() -> Path:
    """The folder that holds `notebooks/` and `params/`: in an installed package, or the clone."""
    inside = HERE / "shipped"
    return inside if inside.is_dir() else HERE.parents[2]


def presets() -> list[str]:
    """Names of the systems that SELECTs are shipped for."""
    return sorted(path.name for path in PRESETS.iterdir() if path.is_dir())


def begin(root: Path, name: str, chosen: Iterable[str] = (), given: Given | None = None) -> Begun:
    """Write a project into `root`, with a source `name`; only the source where there is a project already.

    Args:
        root: The folder; it may be empty or not be there yet.
        name: The company's name as a source.
        chosen: Presets. A table comes from the first that has it, else from the template; what others have
            for it is put into `optional/`.
        given: SELECTs that come before those of presets, and where they read.

    Raises:
        ConfigError: There is no such preset, or a file that would be written stands there already; nothing
            was written.
    """
    chosen = list(chosen)
    for preset in chosen:
        if preset not in presets():
            raise ConfigError(
                f"there is no preset '{preset}'.{did_you_mean(preset, presets())}",
                where=f"--preset {preset}",
                remedy=f"Presets: {', '.join(presets())}.",
            )
    if name == "demo" or name.startswith("_"):
        raise ConfigError(
            f"'{name}' can't be a company's name: it is the demo's, or begins with _.",
            remedy="Choose another, `acme` say.",
        )
    new = not ((root / "params").is_dir() and (root / "notebooks").is_dir())
    source = _source(name, chosen, given or Given())
    project = _project(name) if new else {}
    left = tuple(path for path in LEFT if path in project and (root / path).exists())
    files = {path: text for path, text in (project | source).items() if path not in left}
    standing = [path for path in files if (root / path).exists()]
    if standing:
        raise ConfigError(
            f"already there: {', '.join(standing[:5])}{' ...' if len(standing) > 5 else ''}. "
            "Nothing was written.",
            where=root,
            remedy="Choose an empty folder with --project, or another name.",
        )
    root.mkdir(parents=True, exist_ok=True)
    if new:
        package = keep_package(root)
        files["Makefile"] = files["Makefile"].replace(b"{package}", package.encode())
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    data = root / "data" / name
    data.mkdir(parents=True, exist_ok=True)
    return Begun(new, left, data)


def _project(name: str) -> dict[str, bytes]:
    """Path -> content of a project's own files."""
    files = {
        "Makefile": (OWN / "Makefile").read_bytes(),
        ".gitignore": (OWN / "gitignore").read_bytes(),
        "README.md": (OWN / "README.md").read_bytes().replace(b"{name}", name.encode()),
        "reports/.gitkeep": b"",
    }
    origin = shipped()
    for pattern in COPIED:
        for path in sorted(origin.glob(pattern)):
            files[path.relative_to(origin).as_posix()] = path.read_bytes()
    return files


def _source(name: str, chosen: list[str], given: Given) -> dict[str, bytes]:
    """Path -> content of the source file and its SELECTs."""
    sources = shipped() / "params" / "sources"
    template = (sources / "_template.yml").read_text(encoding="utf-8")
    text = _named(_connected(template, given), name)
    folder = f"params/sources/{name}"
    files = {f"{folder}.yml": text.encode()}
    files |= {f"{folder}/{table}.sql": sql.encode() for table, sql in given.selects.items()}
    for preset in chosen:
        for path in sorted((PRESETS / preset).glob("*.sql")):
            place = f"{folder}/{path.name}"
            place = f"{folder}/optional/{preset}_{path.name}" if place in files else place
            files[place] = path.read_bytes()
    for path in sorted((sources / "_template").rglob("*.sql")):
        place = f"{folder}/{path.relative_to(sources / '_template').as_posix()}"
        if f"{folder}/{path.name}" not in files:
            files[place] = path.read_bytes()
    return files


def _connected(template: str, given: Given) -> str:
    """The template with a connection that the SELECTs given read: a file of DuckDB, or a server."""
    if not given.kind:
        return template
    text = re.sub(r"^  kind: csv +#", f"  kind: {given.kind:25}#", template, flags=re.M)
    if given.kind == "duckdb":
        return re.sub(r"^  path: data/acme +#", f"  path: {f'data/acme/{given.file}':25}#", text, flags=re.M)
    text = re.sub(r"^  path: .*\n", "", text, flags=re.M)
    return text.replace("  # url_env:", "  url_env:")


def _named(template: str, name: str) -> str:
    """The template for the company `name` instead of Acme."""

    def instead(match: re.Match[str]) -> str:
        if match[0].isupper():
            return re.sub(r"\W", "_", name).upper()
        return name if match[0].islower() else re.sub(r"[_-]+", " ", name).capitalize()

    return re.sub("acme", instead, template, flags=re.IGNORECASE)
