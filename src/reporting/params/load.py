"""Read a YAML file into a typed model; a mistake is named by file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from reporting.errors import ConfigError, did_you_mean


class Strict(BaseModel):
    """Base of every params model: unknown keys are refused, values are not changed after reading.

    The text below a field is its description in the JSON Schema, see `schemas`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


Model = TypeVar("Model", bound=BaseModel)
SECRET = "secret"
"""Type of the error of a value that may be a secret: it is not told."""


def load_yaml(path: Path, model: type[Model]) -> Model:
    """Read `path` and validate it as `model`.

    Raises:
        ConfigError: The file is missing, is not YAML, or holds an unknown key or a wrong value. Every
            mistake is listed with its line; an unknown key comes with the nearest known one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("the file does not exist.", where=path, remedy="Check the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        message = f"the file can't be read: {error}."
        raise ConfigError(message, where=path, remedy="Save it as UTF-8 text.") from None
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(
            f"malformed YAML: {problem}.",
            where=where,
            remedy="Look at this line and the one above: indentation, colons, quotes.",
        ) from None
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise ConfigError(
            f"expected keys and values, found {type(data).__name__}.",
            where=path,
            remedy="Write one `key: value` a line.",
        )
    _refuse_duplicate_keys(path, tree)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = [_describe(path, tree, model, item) for item in error.errors()]
        raise ConfigError("\n".join(lines), remedy=f"Correct {path} and run again.") from None


def _refuse_duplicate_keys(path: Path, node: yaml.Node | None) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise ConfigError(
                    f"the key '{key.value}' stands twice.",
                    where=f"{path}:{key.start_mark.line + 1}",
                    remedy="Keep one of the two.",
                )
            seen.add(key.value)
            _refuse_duplicate_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicate_keys(path, item)


def _describe(path: Path, tree: yaml.Node | None, model: type[BaseModel], item: Any) -> str:
    location = tuple(item["loc"])
    key = ".".join(str(part) for part in location)
    where = f"{path}:{_line(tree, location)}" if location else str(path)
    if item["type"] == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        return f"{where}: unknown key '{key}'.{did_you_mean(str(location[-1]), known)}"
    if item["type"] == "missing":
        return f"{where}: the key '{key}' is missing."
    message, mark, hint = item["msg"].removeprefix("Value error, ").partition(" Did you mean")
    message = message.rstrip(".")
    about = f"{key}: {message[0].lower()}{message[1:]}" if key else message
    whole = isinstance(item["input"], dict)  # a chapter or the file, which the reader has before them
    secret = item["type"] == SECRET or "://" in repr(item["input"])
    found = "" if whole or secret else f", found {item['input']!r}"
    return f"{where}: {about}{found}.{mark}{hint}"


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Line of the deepest node on the way to `location` that stands in the file."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Names a key may have at `location` inside `model`."""
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        found = _model_in(field.annotation)
        if found is None:
            return []
        model = found
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
