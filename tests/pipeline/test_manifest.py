"""The run id stands for the inputs and nothing else; the manifest comes back as it was written."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reporting.errors import ConfigError
from reporting.pipeline.manifest import NAME, Inputs, Manifest, inventory, versions

INPUTS = Inputs(
    source="demo",
    month="2026-10",
    snapshot="s",
    code="c",
    lock="l",
    brand="b",
    renderer="embedded",
    notebooks={"churn": "1", "brief": "2"},
    parameters={"churn": {"top": 3}, "brief": {}},
)
MANIFEST = Manifest(INPUTS, "Demo ü", "s", [{"name": "a.csv"}], {"warning": 2}, {"python": "3.11"})


def test_the_run_id_is_twelve_hexadecimal_digits_of_the_inputs():
    assert len(INPUTS.run_id) == 12
    assert int(INPUTS.run_id, 16) >= 0
    assert replace(INPUTS).run_id == INPUTS.run_id
    shuffled = replace(INPUTS, notebooks={"brief": "2", "churn": "1"})
    assert shuffled.run_id == INPUTS.run_id


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("source", "x", "source"),
        ("month", "2026-11", "month"),
        ("snapshot", "x", "snapshot"),
        ("code", "x", "code"),
        ("lock", "x", "lock"),
        ("brand", "x", "brand"),
        ("renderer", "quarto 1.10", "renderer"),
        ("slides", True, "slides"),
        ("parameters", {"churn": {"top": 4}, "brief": {}}, "parameters"),
        ("notebooks", {"churn": "9", "brief": "2"}, "notebook churn"),
        ("notebooks", {"churn": "1"}, "notebook brief"),
        ("notebooks", {"churn": "1", "brief": "2", "mine": "3"}, "notebook mine"),
    ],
)
def test_every_input_changes_the_run_id_and_is_named(field, value, name):
    other = replace(INPUTS, **{field: value})
    assert other.run_id != INPUTS.run_id
    assert INPUTS.changed(other) == [name]


def test_a_month_without_slides_says_nothing_of_them(tmp_path):
    """So that months of earlier versions keep their run id."""
    MANIFEST.write(tmp_path)
    assert "slides" not in json.loads((tmp_path / NAME).read_text())["inputs"]
    replace(MANIFEST, inputs=replace(INPUTS, slides=True)).write(tmp_path)
    assert Manifest.read(tmp_path).inputs.slides is True


def test_what_varies_between_runs_is_apart(tmp_path):
    later = replace(MANIFEST, volatile={"finished": "tomorrow"}, versions={"python": "3.12"})
    assert later.run_id == MANIFEST.run_id


def test_it_comes_back_as_it_was_written(tmp_path):
    MANIFEST.write(tmp_path)
    assert Manifest.read(tmp_path) == MANIFEST
    assert f'"run_id": "{MANIFEST.run_id}"' in (tmp_path / NAME).read_text()


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 99}', '{"schema": 1, "run_id": ""}'])
def test_one_that_cannot_be_read_is_refused(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    with pytest.raises(ConfigError, match="can't be read"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:/x",
        "C:\\x",
        "a/../b",
        "a//b",
        "./a",
        ".a",
        "a/.b",
        "a/",
        "",
        "a\n",
    ],
)
def test_a_path_that_leaves_the_month_is_refused(tmp_path, path):
    replace(MANIFEST, outputs={"data/ü b.csv": "0" * 64, path: "0" * 64}).write(tmp_path)
    with pytest.raises(ConfigError, match="is no file of the month"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("run_id", "0" * 12, "its run id is '000000000000'"), ("outputs", {"a": "x"}, "the hash of a")],
)
def test_one_that_contradicts_itself_is_refused(tmp_path, key, value, message):
    MANIFEST.write(tmp_path)
    content = json.loads((tmp_path / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps(content | {key: value}))
    with pytest.raises(ConfigError, match=message):
        Manifest.read(tmp_path)


def test_a_folder_without_one_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no published run"):
        Manifest.read(tmp_path)


def test_the_inventory_holds_every_output_but_not_the_manifest(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("abc")
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "superseded.json").write_text("{}")
    (tmp_path / "SHA256SUMS").write_text("")
    (tmp_path / ".DS_Store").write_text("")
    assert inventory(tmp_path) == {
        "data/a.csv": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }


def test_versions_name_python_and_every_package_of_the_project():
    found = versions()
    assert {"python", "platform", "pandas", "statsmodels", "papermill", "ibis-framework"} <= found.keys()
    assert "jupyter-client" in found, "what the project names brings others along, and they count as well"
