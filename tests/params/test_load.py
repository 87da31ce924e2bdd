"""A mistake in a YAML file is named by file, line and key."""

from __future__ import annotations

import pytest
from pydantic import Field

from reporting.errors import ConfigError
from reporting.params.load import Strict, load_yaml


class Inner(Strict):
    limit: int = 1
    names: list[str] = Field(default_factory=list)


class Outer(Strict):
    title: str
    inner: Inner = Inner()
    parts: dict[str, Inner] = Field(default_factory=dict)


def read(tmp_path, text):
    path = tmp_path / "file.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_yaml(path, Outer)


def test_a_good_file_becomes_the_model(tmp_path):
    model = read(tmp_path, "title: x\ninner: {limit: 3}\nparts:\n  a: {names: [b]}\n")
    assert model.inner.limit == 3
    assert model.parts["a"].names == ["b"]


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("{}", ["the key 'title' is missing"]),
        ("title: x\ninner:\n  limti: 3", [":3:", "unknown key 'inner.limti'", "Did you mean 'limit'"]),
        ("title: x\nparts:\n  a:\n    nmes: []", [":4:", "parts.a.nmes", "Did you mean 'names'"]),
        ("title: x\ninner:\n  limit: many", [":3:", "inner.limit", "'many'"]),
        ("title: x\ninner:\n  names:\n    - a\n    - [b]", [":5:", "inner.names.1"]),
        ("title: 'x", [":", "malformed YAML"]),
        ("title: x\n\tinner: 3", [":2:", "malformed YAML"]),
        ("title: x\ninner:\n  limit: 1\n  limit: 2", [":4:", "'limit' stands twice"]),
        (b"title: \xff\xfe", ["UTF-8"]),
    ],
)
def test_a_mistake_is_named_by_line_and_key(tmp_path, text, hints):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    for hint in [*hints, str(tmp_path / "file.yml")]:
        assert hint in str(caught.value)


def test_every_mistake_is_listed_at_once(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "titel: x\ninner: {limit: a}")
    assert str(caught.value).count("file.yml:") == 3


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        load_yaml(tmp_path / "none.yml", Outer)
