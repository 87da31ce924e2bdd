"""What a run rests on and what it made: `manifest.json`, the run's birth certificate."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from reporting.errors import ConfigError
from reporting.pipeline.machine import machine

NAME = "manifest.json"
SUPERSEDED = "superseded.json"
SUMS = "SHA256SUMS"
SIGNATURE = f"{NAME}.sig"
CRATE = "ro-crate-metadata.json"
SCHEMA = 3
READABLE = (1, 2, 3)
SUMMED, CHAINED = 2, 3
"""The first schema with SHA256SUMS, and the first whose months hold the hash of the one before."""
APART = frozenset({NAME, SUPERSEDED, SUMS, SIGNATURE, CRATE})
"""Files of a published month that are not outputs themselves."""
_LATER = frozenset({"packages", "slides"})
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FOREIGN = re.compile(r"^[A-Za-z]:|[\\\x00-\x1f\x7f]")
"""A drive, a backslash (a folder elsewhere), a control character."""


@dataclass(frozen=True)
class Inputs:
    """Everything that decides the bytes of a run. Equal inputs have equal run ids.

    Attributes:
        snapshot: Content hash of the frozen snapshot.
        code: Hash of the package's files.
        lock: SHA-256 of `requirements.lock`.
        packages: Hash of every installed distribution with its version; None of months of schema 1 and 2.
        brand: Hash of the brand's values and files.
        renderer: Name and version of what sets the pages.
        notebooks: Notebook -> SHA-256 of its file, as edited.
        parameters: Notebook -> parameter -> value, where it differs from the notebook's default.
        slides: Whether it is told in slides as well.
    """

    source: str
    month: str
    snapshot: str
    code: str
    lock: str
    brand: str
    renderer: str
    notebooks: dict[str, str]
    parameters: dict[str, dict[str, Any]]
    packages: str | None = None
    slides: bool = False

    @property
    def stated(self) -> dict[str, Any]:
        """As the manifest states them: what earlier versions lacked stands there only where it says more."""
        return {name: value for name, value in asdict(self).items() if name not in _LATER or value}

    @cached_property
    def run_id(self) -> str:
        """Twelve hexadecimal digits of the inputs' SHA-256."""
        return hashlib.sha256(json.dumps(self.stated, sort_keys=True).encode()).hexdigest()[:12]

    def changed(self, other: Inputs) -> list[str]:
        """Names of the inputs in which `other` differs, notebooks by name."""
        mine, theirs = asdict(self), asdict(other)
        apart = {"notebooks"} if self.packages and other.packages else {"notebooks", "packages"}
        names = [name for name in mine if name not in apart and mine[name] != theirs[name]]
        for name in sorted(mine["notebooks"].keys() | theirs["notebooks"].keys()):
            if mine["notebooks"].get(name) != theirs["notebooks"].get(name):
                names.append(f"notebook {name}")
        return names


@dataclass(frozen=True)
class Manifest:
    """One run.

    Attributes:
        title: The source's title.
        snapshot: The snapshot's own hash, as the pages show it.
        sources: What the snapshot was read from: name, hash or fingerprint, rows.
        findings: Number of findings by severity.
        versions: Python, machine and every distribution the run was made with.
        provenance: Version of `reporting`, commit of the project, command line.
        crate: SHA-256 of `ro-crate-metadata.json`.
        previous: Month, run id and SHA-256 of the manifest of the month published before, if there is one.
        supersedes: The same of the run that this one replaces.
        outputs: Path in the month's folder -> SHA-256, of every file but the manifest.
        volatile: What differs between two runs of the same inputs: times, durations, who and where.
        schema: Version of the manifest's form.
    """

    inputs: Inputs
    title: str
    snapshot: str
    sources: list[dict[str, Any]]
    findings: dict[str, int]
    versions: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    volatile: dict[str, Any] = field(default_factory=dict)
    previous: dict[str, str] | None = None
    supersedes: dict[str, str] | None = None
    provenance: dict[str, Any] = field(default_factory=dict)
    crate: str | None = None
    schema: int = SCHEMA

    @property
    def run_id(self) -> str:
        """Identifies the run's inputs."""
        return self.inputs.run_id

    def write(self, folder: Path) -> None:
        """Write `manifest.json` into `folder`, and `SHA256SUMS`, which `sha256sum -c` checks without us."""
        content = {"schema": self.schema, "run_id": self.run_id, **asdict(self), "inputs": self.inputs.stated}
        (folder / NAME).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / SUMS).write_text(self.sums(folder), encoding="utf-8")

    def sums(self, folder: Path) -> str:
        """What `SHA256SUMS` says beside the manifest in `folder`."""
        hashes = self.outputs | {NAME: sha256(folder / NAME)} | ({CRATE: self.crate} if self.crate else {})
        return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))

    def sums_stand(self, folder: Path) -> bool:
        """Whether `SHA256SUMS` says that still; a month of an earlier version has none."""
        path = folder / SUMS
        if not path.is_file():
            return self.schema < SUMMED
        return path.read_bytes() == self.sums(folder).encode()

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of the run in `folder`.

        Raises:
            ConfigError: There is none, it isn't of a known form, its run id is not that of its inputs, or it
                names a file that lies elsewhere.
        """
        path = folder / NAME
        if not path.is_file():
            raise ConfigError(
                "there is no published run here.",
                where=folder,
                remedy="`reporting list` shows what there is.",
            )
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["schema"] not in READABLE:
                raise ValueError("another schema")
            stated = content.pop("run_id")
            manifest = cls(inputs=Inputs(**content.pop("inputs")), **content)
            _require_sound(manifest, stated)
            return manifest
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise ConfigError(
                f"the manifest can't be read: {error}.",
                where=path,
                remedy="Restore it, or publish the month again.",
            ) from None


def mark(successor: Manifest) -> bytes:
    """What `superseded.json` says beside the run that `successor` replaced."""
    content = {"superseded_by": successor.run_id, "at": successor.volatile.get("finished")}
    return (json.dumps(content, indent=2) + "\n").encode()


def is_local(path: str) -> bool:
    """Whether `path` names a file below the folder it stands in, on any system, that isn't hidden."""
    parts = path.split("/")
    return not _FOREIGN.search(path) and not any(part == "" or part.startswith(".") for part in parts)


def _require_sound(manifest: Manifest, stated: object) -> None:
    if stated != manifest.run_id:
        raise ValueError(f"its run id is {stated!r}, that of its inputs is {manifest.run_id}")
    for path, hash in manifest.outputs.items():
        if not is_local(path):
            raise ValueError(f"it names {path!r}, which is no file of the month")
        if not (isinstance(hash, str) and _SHA256.fullmatch(hash)):
            raise ValueError(f"the hash of {path} is no SHA-256")


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inventory(folder: Path) -> dict[str, str]:
    """Path -> SHA-256 of every output in a month's folder, sorted by path.

    Hidden files are not ours: JupyterLab and file managers leave some where one looks.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder): path for path in files}
    return {
        name.as_posix(): sha256(path)
        for name, path in names.items()
        if name.as_posix() not in APART and not any(part.startswith(".") for part in name.parts)
    }


@cache
def distributions() -> dict[str, str]:
    """Every installed distribution and its version, by name; of two of one name the one that is imported."""
    found: dict[str, str] = {}
    for each in importlib.metadata.distributions():
        found.setdefault(re.sub(r"[-_.]+", "-", each.name).lower(), each.version)
    return dict(sorted(found.items()))


def packages() -> str:
    """Hash of `distributions` and of Python's version."""
    text = json.dumps([platform.python_version(), distributions()])
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Python, the machine, and every installed distribution."""
    return {"python": platform.python_version(), **machine(), **distributions()}
