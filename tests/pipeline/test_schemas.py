"""The JSON Schemas say what the files may hold: no more and no less than what a run takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from reporting.errors import ConfigError
from reporting.pipeline.schemas import schemas, write_schemas
from reporting.present.brand import load_brand

ROOT = Path(__file__).parents[2]
PARAMS = ROOT / "params"
FILES = [*PARAMS.rglob("*.yml"), ROOT / "src" / "reporting" / "params" / "playbook.yml"]
BEGIN = "# yaml-language-server: $schema="


def plain(text: str) -> Any:
    """What a file holds, as an editor sees it: a date is text."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def keys(node: dict[str, Any], way: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in node.get("properties", {}).items():
        yield f"{way}.{name}", inner
        yield from keys(inner, f"{way}.{name}")
    for name, inner in node.get("$defs", {}).items():
        yield from keys(inner, name)


def test_those_in_params_are_up_to_date(tmp_path):
    for path in write_schemas(tmp_path):
        assert path.read_text() == (PARAMS / "schemas" / path.name).read_text(), "run `reporting schemas`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_names_its_schema_in_its_first_line_and_keeps_it(path):
    text = path.read_text()
    first = text.splitlines()[0]
    assert first.startswith(BEGIN)
    schema = json.loads((path.parent / first.removeprefix(BEGIN)).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(plain(text), schema)


@pytest.mark.parametrize("name", schemas())
def test_every_key_is_described(name):
    found = list(keys(schemas()[name], name))
    assert found
    assert [way for way, key in found if not (key.get("description") or "$ref" in key)] == []
    assert all(each.get("description") for each in schemas()[name].get("$defs", {}).values())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("monthly", "sorce: demo"),
        ("monthly", "notebooks: [executive_brief]"),
        ("source", "title: Acme"),
        ("source", "title: Acme\nconnection: {kind: access, path: data}"),
        ("source", "title: Acme\nconnection: {kind: csv, path: data}\ncurrency: dollars"),
        ("product", "core_features: [x]"),
        ("playbook", "rules: [{id: x, stance: save, action: Call}]"),
    ],
)
def test_what_a_run_refuses_the_schema_refuses(name, text):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(text), schemas()[name])


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("meta: {name: Acme}", True),
        ("meta: {name: {short: A}, link: x}", True),
        ("defaults: {reporting: {page_size: us-letter}}", True),
        ("defaults: {reporting: {page_size: a5}}", False),
        ("defaults: {bootstrap: {version: 5}}", True),
        ("colour: x", False),
        ("color: {ink: '#000000'}", False),
        ("color: {foreground: {light: '#000000', dark: '#ffffff'}}", True),
        ("color: {foreground: '#000'}", True),
        ("color: {foreground: ['#000000', '#ffffff']}", False),
        ("color: {foreground: {night: '#000000'}}", False),
        ("color: {palette: {night: '#000000'}, foreground: night, info: night}", True),
        ("defaults: {reporting: {palette: ['#000000', {light: '#ffffff'}]}}", True),
        ("defaults: {reporting: {palette: '#000000'}}", False),
        ("logo: {medium: [a.svg, b.svg]}", False),
        ("typography: {bass: X}", False),
        ("typography: {base: {family: Open Sans, size: 16px}}", True),
    ],
)
def test_the_schema_of_the_brand_says_what_reading_it_says(tmp_path, text, good):
    path = tmp_path / "brand.yml"
    path.write_text(text)
    valid = jsonschema.Draft202012Validator(schemas()["brand"]).is_valid(plain(text))
    try:
        load_brand(path)
    except ConfigError:
        assert (valid, good) == (False, False)
    else:
        assert (valid, good) == (True, True)
