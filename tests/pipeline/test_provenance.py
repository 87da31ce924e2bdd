"""A month says what it comes from in forms that others can read, and who made it only if that is wanted.

The validator: `python -m venv build/tools/venv` and
`build/tools/venv/bin/pip install roc-validator rocrate==0.10.0`.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import json
import socket
import subprocess
import textwrap
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from reporting.pipeline import kernels
from reporting.pipeline.history import published_run
from reporting.pipeline.manifest import CRATE, NAME, Inputs, Manifest, distributions, sha256
from reporting.pipeline.provenance import provenance
from reporting.pipeline.verify import verify

SCHEMA = Path(__file__).parents[2] / "docs" / "manifest.schema.json"
TOOLS = Path(__file__).parents[2] / "build" / "tools" / "venv" / "bin"
SEED = """
    import io, sys
    from pathlib import Path
    import rocrate
    from requests.adapters import BaseAdapter, HTTPAdapter
    from requests_cache import CachedSession
    from urllib3 import HTTPResponse

    class Package(BaseAdapter):
        def send(self, request, **_):
            text = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()
            form = {"Content-Type": "application/ld+json"}
            raw = HTTPResponse(io.BytesIO(text), form, status=200, preload_content=False)
            return HTTPAdapter().build_response(request, raw)

        def close(self):
            pass

    session = CachedSession(sys.argv[1], backend="sqlite", expire_after=-1)
    session.mount("https://", Package())
    session.get("https://w3id.org/ro/crate/1.1/context").raise_for_status()
"""
TEXT = "from reporting.present.blocks import Text\nText('Words.')"


@pytest.fixture
def folder(workshop, publish, month, monkeypatch) -> Path:
    """A published month of one notebook, whose name is no plain word."""
    monkeypatch.setattr(kernels.Forkserver.__init__, "__defaults__", (None, ("ipykernel.kernelapp",), None))
    workshop.notebook("mine", TEXT)
    command = ("run", "--params", f"{Path.home()}/board.yml", "--project", str(workshop.root))
    publish(command=command)
    return month


def test_a_months_manifest_keeps_its_schema_and_names_nobody(folder, workshop):
    manifest = json.loads((folder / NAME).read_text())
    jsonschema.validate(manifest, json.loads(SCHEMA.read_text()))
    assert manifest["provenance"]["command"] == ["run", "--params", "~/board.yml", "--project", "."]
    assert {"host", "user"}.isdisjoint(manifest["volatile"])
    told = (folder / NAME).read_text() + (folder / CRATE).read_text()
    assert socket.gethostname() not in told.replace(str(workshop.root), "") or len(socket.gethostname()) < 4
    assert f'"{getpass.getuser()}"' not in told


def test_who_ran_it_is_told_if_that_is_wanted(workshop, publish, month, monkeypatch):
    monkeypatch.setattr(kernels.Forkserver.__init__, "__defaults__", (None, ("ipykernel.kernelapp",), None))
    workshop.notebook("mine", TEXT)
    (workshop.root / "params" / "monthly.yml").write_text("source: tiny\nrecord_person: true\n")
    publish()
    assert Manifest.read(month).volatile["host"] == socket.gethostname()


def test_the_crate_lists_every_file_and_is_held_by_the_manifest(folder, workshop):
    graph = {item["@id"]: item for item in json.loads((folder / CRATE).read_text())["@graph"]}
    files = {path for path, item in graph.items() if "File" in item["@type"]}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == there - {CRATE}
    main = graph[graph["./"]["mainEntity"]["@id"]]
    assert "ComputationalWorkflow" in main["@type"] and main["@id"] == "notebooks/mine.ipynb"
    for item in graph.values():
        for value in item.values():
            for link in value if isinstance(value, list) else [value]:
                if isinstance(link, dict) and not link["@id"].startswith("http"):
                    assert link["@id"] in graph, link
    assert Manifest.read(folder).crate == sha256(folder / CRATE)
    run = published_run(workshop.project, "tiny", None)
    (folder / CRATE).write_text((folder / CRATE).read_text().replace("Tiny", "Other"))
    assert [str(item) for item in verify(run)] == [f"{CRATE}: changed"]


@pytest.mark.server
@pytest.mark.skipif(not (TOOLS / "rocrate-validator").exists(), reason="no roc-validator in build/tools/venv")
def test_the_crate_is_valid_by_the_profile_of_workflow_runs(folder, tmp_path):
    """With the context of RO-Crate 1.1 from a package of the registry, as if it had come over the network."""
    python, cache = TOOLS / "python", tmp_path / "cache"
    subprocess.run([python, "-c", textwrap.dedent(SEED), cache], check=True)
    options = ["--offline", "--cache-path", cache, "-p", "workflow-run-crate-0.5"]
    command = [TOOLS / "rocrate-validator", "--no-interactive", "validate", *options]
    done = subprocess.run([*command, folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    crate = json.loads((folder / CRATE).read_text())
    crate["@graph"] = [item for item in crate["@graph"] if item["@id"] != "#run"]
    (folder / CRATE).write_text(json.dumps(crate))
    assert subprocess.run([*command, folder], capture_output=True).returncode == 1, "it finds what is wrong"


def test_every_distribution_counts_with_or_without_a_lock(monkeypatch):
    inputs = Inputs("demo", "2026-10", "s", "c", "none", "b", "embedded", {}, {}, "1" * 64)
    other = replace(inputs, packages="2" * 64)
    assert inputs.run_id != other.run_id and inputs.changed(other) == ["packages"]
    earlier = replace(inputs, packages=None)
    assert earlier.changed(other) == [], "a month of an earlier version has no such hash"
    assert distributions()["pandas"] == importlib.metadata.version("pandas")


def test_the_commit_and_whether_all_was_clean(workshop):
    root = workshop.root
    assert provenance(workshop.project, [])["git"] is None
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(root), *arguments], check=True)
    clean = provenance(workshop.project, [])["git"]
    assert clean["clean"] is True and len(clean["commit"]) == 40
    (root / "params" / "monthly.yml").write_text("source: other\n")
    assert provenance(workshop.project, [])["git"] == clean | {"clean": False}
