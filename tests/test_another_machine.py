"""The demo company published on another machine, as far as one machine can be two: the same bytes.

Other are the folder, time zone, language, home, umask, hash seed, number of cores and terminal; the user,
where root runs the tests; the day, where libfaketime is installed (on Debian `faketime`); and the processor,
where this one can do without what an older one lacks.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.demo_month import command, furnish, publish
from tests.shared import built_once

from reporting.pipeline.manifest import CRATE, NAME, SUMS, Manifest, inventory

pytestmark = [
    pytest.mark.server,  # two whole runs
    pytest.mark.skipif(sys.platform != "linux", reason="takes cores away"),
]
MONTH = Path("demo", "2026-10")
SETTINGS = {
    **{"TZ": "Asia/Kolkata", "LC_ALL": "C", "LANG": "de_DE.UTF-8", "USER": "jürgen", "LOGNAME": "jürgen"},
    **{"PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "4", "SOURCE_DATE_EPOCH": "1"},
    **{"PYTHONOPTIMIZE": "1", "NO_COLOR": "1", "COLUMNS": "40"},
}
DIGITS = "import numpy as np; x = np.linspace(0.1, 5, 100_001); print(np.exp(x).sum().hex(), (x @ x).hex())"
NOBODY = 65534
AS_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),  # Python may lie in root's home
)
DAYS = 400
CLOCK = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
LATER = {"LD_PRELOAD": str(CLOCK), "FAKETIME": f"+{DAYS}d", "NO_FAKE_STAT": "1"} if CLOCK else {}
OLDER = {
    "OPENBLAS_CORETYPE": "Nehalem",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4,-AVX512F",
    "NPY_DISABLE_CPU_FEATURES": " ".join(np.show_config("dicts")["SIMD Extensions"].get("found", [])),
}
"""Without fused multiplication and wide registers sums, logarithms and powers end in other digits."""
may_be_another = pytest.mark.skipif(
    bool(os.geteuid()) or not shutil.which("setpriv"), reason="only root, with setpriv, can be somebody else"
)
may_be_later = pytest.mark.skipif(
    CLOCK is None, reason="libfaketime, which makes it another day, isn't there"
)


def other_python(folder: Path) -> Path:
    """Our Python in a folder of its own, for which it is `DAYS` later, on a processor of long ago.

    The kernels see nothing of the environment: all this has to come with the program that they are.
    """
    for part in Path(sys.prefix).iterdir():
        if part.name != "bin":
            (folder / part.name).symlink_to(part)
    python = folder / "bin" / "python"
    python.parent.mkdir()
    lines = [f"export {name}={shlex.quote(value)}" for name, value in (OLDER | LATER).items()]
    ours = shlex.quote(os.path.realpath(sys.executable))
    python.write_text("\n".join(["#!/bin/bash", *lines, f'exec -a "$0" {ours} "$@"\n']))
    python.chmod(0o755)
    return python


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Path:
    """The archive as it is published here."""
    return built_once(tmp_path_factory, "published-demo", publish) / "reports"


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """The other machine's Python."""
    return other_python(tmp_path_factory.mktemp("python"))


@pytest.fixture(scope="module")
def there(python) -> Iterator[Path]:
    """The archive as it is published there, by a run that builds the demo's tables as well."""
    somebody = AS_NOBODY if not may_be_another.args[0] else ()
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as folder:
        place = Path(folder)
        project, home = place / 'Jürgen\'s "other" folder', place / "home"
        for each in (project, home):
            each.mkdir()
        furnish(project)
        if somebody:
            for path in (place, *place.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        core = min(os.sched_getaffinity(0))
        _, *rest = command(project, "run", "--renderer", "embedded", "--slides")
        done = subprocess.run(
            [*somebody, str(python), *rest],
            env=os.environ | SETTINGS | {"HOME": str(home)},
            umask=0o077,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield project / "reports"


def test_every_file_of_the_archive_is_the_same_but_for_dates(here, there):
    manifests = [Manifest.read(archive / MONTH) for archive in (here, there)]
    assert manifests[0].inputs == manifests[1].inputs
    ours, theirs = inventory(here), inventory(there)
    other = {path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)}
    assert other == {str(MONTH / name) for name in (NAME, SUMS, CRATE)}
    same = [manifest.versions | {"instructions": "any"} for manifest in manifests]
    rest = [
        replace(manifest, versions=versions, volatile={}, crate="")
        for manifest, versions in zip(manifests, same, strict=True)
    ]
    assert rest[0] == rest[1]
    assert crate(here) == crate(there)


def crate(archive: Path) -> list[dict]:
    """What the crate says beside the times, which catalogues want."""
    graph = json.loads((archive / MONTH / CRATE).read_text(encoding="utf-8"))["@graph"]
    dates = {"datePublished", "startTime", "endTime"}
    return [{key: value for key, value in item.items() if key not in dates} for item in graph]


@may_be_another
def test_it_was_another_user(here, there):
    assert (there / MONTH / NAME).owner() != (here / MONTH / NAME).owner()
    assert (there / MONTH / NAME).stat().st_mode & 0o077 == 0, "and another umask"


@may_be_later
def test_it_was_another_day_in_the_run_and_for_whatever_it_starts(here, there, python):
    first, second = (
        dt.datetime.fromisoformat(Manifest.read(archive / MONTH).volatile["started"])
        for archive in (here, there)
    )
    assert (second - first).days == DAYS
    program, day = ask(python, "import sys, datetime; print(sys.executable); print(datetime.date.today())")
    assert program == str(python), "what the run starts is this Python again"
    assert abs((dt.date.fromisoformat(day) - dt.date.today()).days - DAYS) <= 1


def test_it_was_another_processor(here, there, python):
    if ask(python, DIGITS) == ask(Path(sys.executable), DIGITS):
        pytest.skip("this processor has nothing that an older one lacks")
    instructions = [Manifest.read(archive / MONTH).versions["instructions"] for archive in (here, there)]
    assert instructions[0] != instructions[1], "and the manifest names it"


def ask(python: Path, code: str) -> list[str]:
    """The lines that `code` prints in `python`."""
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )[:-1]
