"""What runs in our pages: their own files and nothing else, and no page asks the network for anything.

Tables sort and filter with DataTables, which the package `itables` carries; it is copied from there into each
month, so that a month can be read anywhere and for long.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.metadata
import re
from importlib.resources import files
from pathlib import Path

from reporting.errors import RenderError
from reporting.pipeline.render.pandoc import THEME
from reporting.present.locale import country

_COMMON = (
    "default-src 'none'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'"
)
POLICY = f"{_COMMON}; script-src 'self'; style-src 'self' 'unsafe-inline'"
"""Of a page with its files beside it. Styles in it are pandoc's and our charts'; no other text is markup."""
LIBRARY, LICENCE = "datatables.js", "datatables-LICENSE.txt"
TABLES = (
    '<link rel="stylesheet" href="{root}assets/tables.css">\n'
    f'<script defer src="{{root}}assets/{LIBRARY}"></script>\n'
    '<script defer src="{root}assets/tables.js"></script>\n'
)
"""What a page with tables has in its head."""
_EXPORTS = re.compile(r"export\s*\{[^}]*\b(\w+) as default\b[^}]*\};?")
_LICENCES = "/*! Bundled license information:"


def policy(script: str) -> str:
    """The policy of a page that is sent alone: it runs `script`, which stands in it, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"{_COMMON}; script-src 'sha256-{digest}'; style-src 'unsafe-inline'"


@functools.cache
def script_of(name: str) -> str:
    """A script or sheet of the theme."""
    return (THEME / name).read_text(encoding="utf-8")


def write_scripts(out: Path) -> None:
    """Write the table library with its licences, and what uses it, into `out`.

    Raises:
        RenderError: The installed `itables` has another form than the one we know.
    """
    out.mkdir(parents=True, exist_ok=True)
    library, licences = _library()
    (out / LIBRARY).write_text(library, encoding="utf-8")
    (out / LICENCE).write_text(licences, encoding="utf-8")
    where = country()
    told = {"tables.css": script_of("tables.css"), "tables.js": script_of("tables.js")}
    if where:
        told["tables.js"] = told["tables.js"].replace('DECIMAL = "."', f'DECIMAL = "{where.decimal}"', 1)
    for name, text in told.items():
        (out / name).write_text(text, encoding="utf-8")


@functools.cache
def _library() -> tuple[str, str]:
    """DataTables as a classic script, as no module is loaded from a folder; the licences of all in it."""
    bundle = files("itables").joinpath("html/dt_bundle.js").read_text(encoding="utf-8")
    code, mark, notes = bundle.partition(_LICENCES)
    exported = _EXPORTS.search(code)
    licence = importlib.metadata.distribution("itables").read_text("licenses/LICENSE")
    if exported is None or not mark or licence is None:
        raise RenderError(
            "the installed itables holds DataTables in a form that is not known here.",
            where="itables",
            remedy="Install the version that requirements.lock names.",
        )
    body = code[: exported.start()].rstrip()
    library = f"/* Licences: {LICENCE} */\n(() => {{{body}\nwindow.DataTable = {exported[1]};\n}})();\n"
    version = importlib.metadata.version("itables")
    return library, f"{LIBRARY} is DataTables as itables {version} bundles it.\n\n{licence}\n{mark}{notes}"
