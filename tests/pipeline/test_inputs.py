"""What the bytes depend on is noticed; what they don't depend on is not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import reporting
from reporting.pipeline.inputs import brand, brand_hash, code_hash
from reporting.pipeline.project import Project
from reporting.snapshot.frozen import Snapshot

META = {
    "month": "2026-10",
    "hash": "h",
    "product": {"at_risk": 40},
    "sources": [{"name": "a", "sha256": "1"}],
}


def identity(meta: dict) -> str:
    return Snapshot(Path("nowhere"), meta).identity


def test_a_snapshot_is_what_it_says_not_what_it_was_read_from():
    assert identity(META | {"sources": []}) == identity(META)
    assert identity(dict(reversed(META.items()))) == identity(META)
    for key, value in (("hash", "x"), ("product", {"at_risk": 41}), ("unavailable", {"users": ["seats"]})):
        assert identity(META | {key: value}) != identity(META), key


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """A copy of the package that may be changed."""
    copy = tmp_path / "reporting"
    source = Path(reporting.__file__).parent
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(reporting, "__file__", str(copy / "__init__.py"))
    return copy


def test_code_templates_and_fonts_count_and_caches_do_not(package):
    before = code_hash()
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert code_hash() == before
    for name in ("month.py", "pipeline/render/theme/report.typ", "present/fonts/SourceSans3-Regular.ttf"):
        with (package / name).open("ab") as file:
            file.write(b"\n")
        assert code_hash() != before, name
        before = code_hash()
    (package / "month.py").rename(package / "moon.py")
    assert code_hash() != before


def test_a_brand_is_its_values_and_the_bytes_of_its_files(workshop):
    project = Project(workshop.root)
    default = brand_hash(brand(project))
    logo = workshop.root / "params" / "logo.svg"
    logo.write_text("<svg/>")
    (workshop.root / "params" / "_brand.yml").write_text("meta: {name: Acme}\nlogo: {medium: logo.svg}\n")
    own = brand(project)
    assert own.name == "Acme"
    first = brand_hash(own)
    assert first not in (default, brand_hash(replace(own, name="Other")))
    logo.write_text("<svg></svg>")
    assert brand_hash(brand(project)) != first
