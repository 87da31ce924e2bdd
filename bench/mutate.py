"""Break the code of one room on purpose, one place at a time, and list what its tests don't notice.

    python bench/mutate.py metrics [--sample 200] [--only 'scores*'] [--without 'test_kept*'] [--seed 1]

mutmut makes the mutants and runs, for each, the tests of `tests/<room>` that reach the function, in a copy of
the project under `build/mutation/<room>`; the checkout stays as it is. Without `--sample` all are tried.

A mutant that alters or drops only prose (a text with a space in it) is not counted: the words of an error are
no decision. What a module's fixtures run for its first test counts for all its tests. A fixture of the whole
session counts only for the first test, or its module: the score of code that runs in one is a lower bound.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("src", "tests", "params", "notebooks", "docs", "README.md", "requirements.lock", "pyproject.toml")
TELLING = {"reports": ("*sections*", "*charts*", "*words*", "*closing*")}
"""Modules of a room that lay out and tell; what they decide is asserted from the pages."""
BY_FILE = """def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.nodeid.split("::")[0])
"""
"""mutmut names tests in no order; a module's fixtures would be made again whenever another came between."""
TESTS = {"analysis": ("analysis", "reports")}
"""Rooms whose decisions are asserted from what another one shows as well."""
KILLED, SURVIVED, NO_TEST = {1, 3}, {0}, {5, 33}
TIMED_OUT = {36, 24, -24, 152, 255}


def main() -> int:
    """Prepare the copy, make the mutants, choose, run, tell. Exit code 1 where a mutant was not noticed."""
    asked = _arguments()
    folder = _prepare(asked.room, asked.without)
    _mutmut(folder, ["no such mutant"])  # makes all mutants, and notes which test reaches which function
    _share_fixtures(folder)
    chosen, prose = _choose(folder, asked)
    print(
        f"{asked.room}: {len(chosen)} mutants to try ({prose} that alter only prose are left out)", flush=True
    )
    _mutmut(folder, chosen)
    return _tell(folder, asked.room, chosen)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "room", choices=sorted(p.name for p in (ROOT / "src/reporting").iterdir() if p.is_dir())
    )
    parser.add_argument("--sample", type=int, help="how many mutants to try, chosen by chance; default all")
    parser.add_argument("--only", default="*", help="modules of the room, such as 'scores*'")
    parser.add_argument("--without", default="", help="test files too slow to run for each mutant")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _prepare(room: str, without: str) -> Path:
    folder = ROOT / "build" / "mutation" / room
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    (folder / "conftest.py").write_text(BY_FILE)
    (folder / "mutants" / "src").mkdir(parents=True)  # Python passes over what isn't there when it starts
    settings = {
        "source_paths": ["src/"],
        "only_mutate": [f"src/reporting/{room}/*"],
        "do_not_mutate": [f"src/reporting/{room}/{pattern}" for pattern in TELLING.get(room, ())],
        "also_copy": ["conftest.py", *(name for name in COPIED if name not in ("src", "tests"))],
        "pytest_add_cli_args": ["-m", "not server", "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": [
            path.relative_to(ROOT).as_posix()
            for tests in TESTS.get(room, (room,))
            for path in sorted((ROOT / "tests" / tests).rglob("test_*.py"))
            if not fnmatch(path.name, without)
        ],
        "process_isolation": "forkserver",  # DuckDB's and Arrow's threads don't survive a fork
        "timeout_multiplier": 8.0,
        "timeout_constant": 5.0,
        "on_dependency_change": "ignore",
    }
    with (folder / "pyproject.toml").open("a") as project:
        project.write("\n[tool.mutmut]\n")
        project.writelines(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    return folder


def _mutmut(folder: Path, mutants: list[str]) -> None:
    """One run of mutmut; the processes that tests start see the mutants as well."""
    command = [str(Path(sys.executable).with_name("mutmut")), "run", *mutants]
    environment = os.environ | {"PYTHONPATH": str(folder / "mutants" / "src"), "OMP_NUM_THREADS": "1"}
    with (folder / "log").open("a") as log:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode not in (0, 1) or (done.returncode and not _results(folder)):
        sys.exit(f"mutmut ended with {done.returncode}; its output is in {folder / 'log'}")


def _share_fixtures(folder: Path) -> None:
    """mutmut notes what a module's fixture runs for its first test alone, but the others judge it as well."""
    path = folder / "mutants" / "mutmut-stats.json"
    stats = json.loads(path.read_text())
    of_module: dict[str, list[str]] = {}
    for test in stats["duration_by_test"]:  # in the order in which they ran
        of_module.setdefault(test.split("::")[0], []).append(test)
    shared = [m for m in of_module if 'scope="module"' in (folder / "mutants" / m).read_text()]
    for tests in stats["tests_by_mangled_function_name"].values():
        reached = [module for module in shared if of_module[module][0] in tests]
        tests += {test for module in reached for test in of_module[module]} - set(tests)
    path.write_text(json.dumps(stats))


def _results(folder: Path) -> dict[str, int | None]:
    """Mutant -> exit code of its tests; None before they ran."""
    found: dict[str, int | None] = {}
    for meta in sorted((folder / "mutants" / "src").rglob("*.meta")):
        found |= json.loads(meta.read_text())["exit_code_by_key"]
    return found


def _choose(folder: Path, asked: argparse.Namespace) -> tuple[list[str], int]:
    prose = set(_prose(folder))
    room = f"reporting.{asked.room}."
    names = [n for n in sorted(_results(folder)) if fnmatch(n.removeprefix(room), asked.only)]
    counted = [name for name in names if name not in prose]
    if asked.sample is not None and asked.sample < len(counted):
        counted = sorted(random.Random(asked.seed).sample(counted, asked.sample))
    return counted, len(set(names) & prose)


def _prose(folder: Path) -> Iterator[str]:
    """Mutants whose only difference is inside texts that hold a space."""
    source = folder / "mutants" / "src"
    for meta in source.rglob("*.meta"):
        path = meta.with_suffix("")
        module = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        functions = {
            n.name: n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)
        }
        for name, function in functions.items():
            stem, found, _ = name.rpartition("__mutmut_")
            original = functions.get(f"{stem}__mutmut_orig")
            if found and original and name != original.name and _only_prose(original, function):
                yield f"{module}.{name}"


def _only_prose(original: ast.FunctionDef, mutant: ast.FunctionDef) -> bool:
    for one, other in zip_longest(ast.walk(original), ast.walk(mutant)):
        if type(one) is not type(other):
            return False
        if isinstance(one, ast.Constant) and one.value != other.value:
            if not (isinstance(one.value, str) and " " in one.value.strip()):
                return False
        elif isinstance(one, ast.Name | ast.Attribute | ast.keyword | ast.arg) and _label(one) != _label(
            other
        ):
            return False
    return True


def _label(node: ast.AST) -> str | None:
    return getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None)


def _tell(folder: Path, room: str, chosen: list[str]) -> int:
    results = _results(folder)
    counts = Counter(_verdict(results[name]) for name in chosen)
    for name in chosen:
        if _verdict(results[name]) != "killed":
            print(f"\n{_verdict(results[name])}: {name}")
            show = [str(Path(sys.executable).with_name("mutmut")), "show", name]
            shown = subprocess.run(show, cwd=folder, capture_output=True, text=True, check=False).stdout
            print(
                "\n".join(
                    line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
                )
            )
    tried = sum(counts.values())
    held = counts["killed"] + counts["timed out"]
    print(f"\n{room}: {held} of {tried} mutants noticed ({held / max(tried, 1):.1%}); {dict(counts)}")
    return int(held < tried)


def _verdict(code: int | None) -> str:
    if code in KILLED:
        return "killed"
    if code in SURVIVED:
        return "survived"
    if code in NO_TEST:
        return "no test"
    return "timed out" if code in TIMED_OUT else f"exit {code}"


if __name__ == "__main__":
    sys.exit(main())
