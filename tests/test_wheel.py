"""What is installed from a wheel, far from any clone, begins a project and publishes there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reporting.pipeline.manifest import sha256
from reporting.snapshot.code import code_hash

pytestmark = pytest.mark.server  # it needs a package registry, and minutes

ROOT = Path(__file__).parents[1]
FOREIGN = ("PYTHONPATH", "VIRTUAL_ENV", "PYTEST_CURRENT_TEST", "MAKEFLAGS", "MAKELEVEL")


def done(*command: object, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    ended = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which `reporting init acme` of an installed wheel was run."""
    base = tmp_path_factory.mktemp("wheel")
    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", base, cwd=ROOT)
    (wheel,) = base.glob("customer_success_reports-*.whl")
    done(sys.executable, "-m", "venv", "installed", cwd=base)
    python = base / "installed" / "bin" / "python"
    if shutil.which("uv"):
        done("uv", "pip", "install", "--quiet", "--python", python, wheel, cwd=base)
    else:
        done(python, "-m", "pip", "install", "--quiet", wheel, cwd=base)
    (base / "project").mkdir()
    done(base / "installed" / "bin" / "reporting", "init", "acme", cwd=base / "project")
    return base / "project"


def manifest(project: Path, month: str) -> dict:
    return json.loads((project / "reports" / month / "manifest.json").read_text(encoding="utf-8"))


def test_the_demo_is_published_by_the_same_code_as_in_a_clone(project):
    assert "Published: demo 2026-10" in done("make", "monthly-report", cwd=project)
    inputs = manifest(project, "demo/2026-10")["inputs"]
    assert inputs["code"] == code_hash()
    assert inputs["lock"] == sha256(ROOT / "requirements.lock")
    assert "all as they were published" in done(".venv/bin/reporting", "audit", "--hashes", cwd=project)


def test_the_company_is_published_once_its_tables_are_mapped(project):
    guide = (project / "docs" / "sources.md").read_text(encoding="utf-8")
    for path, text in re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)```", guide, re.MULTILINE | re.DOTALL):
        (project / path).write_text(text, encoding="utf-8")
    assert "Published: acme 2026-03" in done("make", "monthly-report", "SOURCE=acme", cwd=project)
    assert (project / "reports" / "acme" / "2026-03" / "executive_brief.pdf").stat().st_size > 0


def test_presets_are_in_the_wheel_and_a_definition_is_proposed(project):
    done(".venv/bin/reporting", "init", "globex", "--preset", "stripe", cwd=project)
    folder = project / "params" / "sources" / "globex"
    assert (folder / "subscriptions.sql").read_text().startswith("-- Stripe")
    done("make", "suggest", "SOURCE=demo", "OUT=params/product.new.yml", cwd=project)
    assert "key_action: workflow_run" in (project / "params" / "product.new.yml").read_text()
