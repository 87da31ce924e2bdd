"""Typed notebook parameters, read from the `parameters` cell without running it.

    snapshot: str = "../build/demo/snapshot"  # set by the pipeline
    top_accounts: int = 15                    # rows in the list of accounts

The annotation is the type: `int`, `float`, `bool`, `str`, `list[...]`, `dict[str, ...]`, `Literal[...]`, or
one of them `| None`. Values are taken as they are: `"12"` is not an int, nor is `true`; an int is a float.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Optional

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

from reporting.errors import ParameterError, did_you_mean
from reporting.pipeline.manifest import is_local
from reporting.pipeline.nbfile import read_file

SNAPSHOT = "snapshot"
"""The parameter the pipeline sets itself, in every notebook that has it."""

SIMPLE: dict[str, Any] = {"int": int, "float": float, "bool": bool, "str": str, "None": None}
GENERIC: dict[str, Any] = {"list": list, "dict": dict, "Optional": Optional, "Literal": Literal}


@dataclass(frozen=True)
class Parameter:
    """One annotated assignment of a parameters cell."""

    name: str
    annotation: str
    type: Any
    default: Any

    def read(self, value: Any, where: str) -> Any:
        """`value` as this parameter's type.

        Raises:
            ParameterError: It is of another type.
        """
        try:
            return _adapter(self.type).validate_python(value)
        except ValidationError:
            raise ParameterError(
                f"{self.name} is declared as {self.annotation}, found {value!r} ({type(value).__name__}).",
                where=where,
                remedy=f"Give a value of type {self.annotation}; the default is {self.default!r}.",
            ) from None

    def read_text(self, text: str, where: str) -> Any:
        """A value typed on the command line: kept as text where a `str` is wanted, else read as YAML."""
        if self.type is str:
            return text
        try:
            return self.read(yaml.safe_load(text), where)
        except yaml.YAMLError:
            raise ParameterError(f"{self.name}: {text!r} can't be read.", where=where) from None


@dataclass(frozen=True)
class Notebook:
    """A notebook on disk with its declared parameters.

    Attributes:
        name: The file name without `.ipynb`; the report's id.
        title: `reporting.title` of the notebook's metadata, else the name in words.
        description: `reporting.description`; what it answers, in a sentence.
        per: `reporting.per`: what it tells one of, `account`; empty where it tells a month.
        sources: `reporting.sources`: those it is meant for; empty is all.
        tagged: Whether a cell is tagged `parameters`.
    """

    name: str
    path: Path
    title: str
    parameters: dict[str, Parameter]
    per: str = ""
    description: str = ""
    sources: tuple[str, ...] = ()
    tagged: bool = True


def read_notebook(path: Path) -> Notebook:
    """Read the notebook at `path`.

    Raises:
        ParameterError: It is not a notebook, its parameters cell holds anything but annotated literals, or
            its sources are no list of names.
    """
    content = read_file(path)
    tagged = [cell for cell in content.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) > 1:
        raise ParameterError("two cells are tagged `parameters`.", where=path, remedy="Leave the tag on one.")
    source = tagged[0].source if tagged else ""
    about = content.metadata.get("reporting", {})
    title = about.get("title") or path.stem.replace("_", " ").capitalize()
    sources = about.get("sources", [])
    if not (isinstance(sources, list) and all(isinstance(name, str) for name in sources)):
        raise ParameterError(
            f"its metadata say it is meant for the sources {sources!r}; expected a list of names.",
            where=path,
            remedy='Write "sources": ["acme"] under "reporting", or leave it out: then it is for all.',
        )
    per, description = (about.get(key, "") for key in ("per", "description"))
    parameters = _declared(source, path)
    return Notebook(path.stem, path, title, parameters, per, description, tuple(sources), bool(tagged))


def find_notebooks(folder: Path) -> dict[str, Notebook]:
    """Every notebook in `folder` that tells a month, by name, in alphabetical order; `_name.ipynb` is none.

    Raises:
        ParameterError: There is none, one can't be read, or its name can't be that of a published file.
    """
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith((".", "_")))
    for path in paths:
        if not is_local(path.name):
            raise ParameterError(
                "the notebook's name can't be that of a published file on every system.",
                where=repr(path.name),
                remedy="Rename it; letters, digits, _ and - will do.",
            )
    found = {path.stem: notebook for path in paths if not (notebook := read_notebook(path)).per}
    if not found:
        raise ParameterError(
            "there is no notebook here.", where=folder, remedy="Restore the notebooks folder."
        )
    return found


def require_tag(notebook: Notebook) -> None:
    """Refuse a notebook that can't be told which snapshot to read: it would go on reading its own.

    Raises:
        ParameterError: No cell of it is tagged `parameters`.
    """
    if not notebook.tagged:
        raise ParameterError(
            "no cell is tagged `parameters`, so the pipeline can't tell it which month to read.",
            where=notebook.path,
            remedy="In JupyterLab select the cell with `snapshot: str = ...` and add the tag `parameters` in "
            "the Property Inspector, the gear wheels at the right.",
        )


def choose(
    notebooks: Mapping[str, Notebook],
    reports: Mapping[str, Mapping[str, Any]],
    settings: list[str],
    params: Path,
) -> dict[str, dict[str, Any]]:
    """The parameters given for each notebook, of the params file and of `notebook.parameter=value` settings.

    Args:
        reports: Notebook -> parameter -> value, as read from the params file.
        settings: Given on the command line; they win.
        params: The params file, named in messages.

    Raises:
        ParameterError: A notebook or parameter is unknown, or a value is of the wrong type.
    """
    chosen: dict[str, dict[str, Any]] = {name: {} for name in notebooks}
    for notebook, values in reports.items():
        require_notebook(notebook, notebooks, f"{params}: reports.{notebook}")
        for name, value in values.items():
            where = f"{params}: reports.{notebook}.{name}"
            chosen[notebook][name] = _parameter(notebooks[notebook], name, where).read(value, where)
    for setting in settings:
        key, equals, text = setting.partition("=")
        notebook, dot, name = key.strip().partition(".")
        where = f"--set {setting}"
        if not (equals and dot):
            raise ParameterError(
                "this is not a setting.", where=where, remedy="Write --set notebook.parameter=value."
            )
        require_notebook(notebook, notebooks, where)
        chosen[notebook][name] = _parameter(notebooks[notebook], name, where).read_text(text, where)
    return chosen


def require_notebook(name: str, notebooks: Mapping[str, Notebook], where: str) -> None:
    """Refuse a notebook that isn't there, with the nearest name.

    Raises:
        ParameterError: `name` is not among `notebooks`; the message begins with `where`.
    """
    if name not in notebooks:
        raise ParameterError(
            f"there is no notebook '{name}'.{did_you_mean(name, notebooks)}",
            where=where,
            remedy=f"Notebooks: {', '.join(notebooks)}.",
        )


def _parameter(notebook: Notebook, name: str, where: str) -> Parameter:
    if name == SNAPSHOT:
        raise ParameterError("the pipeline sets `snapshot` itself.", where=where, remedy="Leave it out.")
    if name in notebook.parameters:
        return notebook.parameters[name]
    known = [known for known in notebook.parameters if known != SNAPSHOT]
    raise ParameterError(
        f"the notebook {notebook.name} has no parameter '{name}'.{did_you_mean(name, known)}",
        where=where,
        remedy=f"Its parameters: {', '.join(known) or 'none'}.",
    )


def _declared(source: str, path: Path) -> dict[str, Parameter]:
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise _bad_cell(path, error.lineno or 1, error.msg) from None
    declared = {}
    for node in body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                try:
                    parameter = Parameter(
                        name, ast.unparse(annotation), _type(annotation), ast.literal_eval(value)
                    )
                    parameter.read(parameter.default, f"{path}, parameters cell, line {node.lineno}")
                except ValueError:
                    problem = f"`{ast.unparse(node)}` is not a known type with a literal default"
                    raise _bad_cell(path, node.lineno, problem) from None
                declared[name] = parameter
            case ast.Expr(value=ast.Constant()):
                pass  # a string that explains
            case _:
                problem = f"`{ast.unparse(node).splitlines()[0]}` is not an annotated assignment"
                raise _bad_cell(path, node.lineno, problem)
    return declared


def _bad_cell(path: Path, line: int, problem: str) -> ParameterError:
    return ParameterError(
        f"{problem}.",
        where=f"{path}, parameters cell, line {line}",
        remedy="Write one `name: type = default` a line, for example `top_accounts: int = 15`.",
    )


def _type(node: ast.expr) -> Any:
    """The type an annotation stands for, without evaluating code."""
    match node:
        case ast.Name(id=name) if name in SIMPLE:
            return SIMPLE[name]
        case ast.Name(id=("list" | "dict") as name):
            return GENERIC[name]
        case ast.Constant(value=None):
            return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            # A type made while it runs, which no checker can read.
            if _type(right) is None:
                return Optional[_type(left)]  # noqa: UP045  # ty: ignore[invalid-type-form]
            return _type(left) | _type(right)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=options):
            values = ast.literal_eval(options)
            return Literal[values]  # ty: ignore[invalid-type-form]  # made while it runs
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=parts)) if name in GENERIC:
            return GENERIC[name][tuple(_type(part) for part in parts)]
        case ast.Subscript(value=ast.Name(id=name), slice=part) if name in GENERIC:
            return GENERIC[name][_type(part)]
    raise ValueError(ast.unparse(node))


def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))
