"""Where a source's files lie: the folder or file that it names, and the other folders it may read."""

from __future__ import annotations

import os
from pathlib import Path

from reporting.errors import ConfigError, SourceError
from reporting.secrets import keep
from reporting.sources.mapping import Connection

_FORMS = {"duckdb": Path.is_file, "excel": Path.exists}
"""Kind -> whether a path is what such a source may lie in; else it is a folder."""


def root_of(source_file: Path) -> Path:
    """The folder that holds `params/`."""
    return source_file.resolve().parent.parent.parent


def local_path(connection: Connection, where: Path, root: Path) -> Path:
    """The folder or file of a local source.

    Args:
        connection: Its description.
        where: The source file, named in messages.
        root: What a relative path is relative to.

    Raises:
        SourceError: Neither the variable nor the file leads to something that exists.
    """
    from_env = os.environ.get(connection.path_env) if connection.path_env else None
    text = from_env or connection.path
    if text is None:
        raise ConfigError(
            f"the environment variable {connection.path_env} is not set.",
            where=where,
            remedy=f"Set it to the {_what(connection)}, or write `path:` under `connection:`.",
        )
    if "://" in text:  # a server's URL in the wrong place
        keep(text)
    path = Path(text).expanduser()
    path = path if path.is_absolute() else root / path
    if not _FORMS.get(connection.kind, Path.is_dir)(path):
        ways = f"Correct `path:` in {where.name}"
        if connection.path_env:
            state = "set to this path" if from_env else "not set"
            ways = (
                f"Set the environment variable {connection.path_env} ({state}) to it, or correct `path:` here"
            )
        raise SourceError(f"the {_what(connection)} {path} does not exist.", where=where, remedy=f"{ways}.")
    return path


def named_folders(connection: Connection, where: Path, root: Path) -> list[Path]:
    """The other folders a source may read.

    Args:
        connection: Its description.
        where: The source file, named in messages.
        root: What a relative path is relative to.

    Raises:
        SourceError: One isn't there, or holds a link: what lies behind it would be no input with a hash.
    """
    folders = [root / Path(text).expanduser() for text in connection.folders]
    for folder in folders:
        if not folder.is_dir():
            raise SourceError(
                f"the folder {folder} does not exist.", where=where, remedy="Correct `folders:` here."
            )
        if link := next((path for path in sorted(folder.rglob("*")) if path.is_symlink()), None):
            raise SourceError(
                f"{link} is a link, and the SELECTs may read what lies in {folder} itself only.",
                where=where,
                remedy="Put the file there, or name the folder that it leads to under `folders:`.",
            )
    return folders


def _what(connection: Connection) -> str:
    named = {"duckdb": "DuckDB file", "excel": "workbook or folder of workbooks"}
    return named.get(connection.kind, f"folder of {connection.kind.upper()} files")
