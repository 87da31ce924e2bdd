"""Notebooks run apart from each other, leave the same bytes each time, and say where they stop."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import time

import nbformat
import pytest

from reporting.pipeline.execute import execute
from reporting.pipeline.kernels import Forkserver
from reporting.pipeline.limits import Limits
from reporting.pipeline.parameters import find_notebooks

LIGHT = ("ipykernel.kernelapp",)
"""Enough for cells that import nothing heavy, and quick to start."""


@pytest.fixture(scope="module")
def forkserver():
    with Forkserver(preload=LIGHT) as forkserver:
        yield forkserver


@pytest.fixture
def run(workshop, forkserver):
    """Execute all notebooks of the workshop; results by name."""

    def run(parameters=None, out="out", seen=lambda *_: None):
        notebooks = find_notebooks(workshop.root / "notebooks")
        given = parameters or {}
        results = execute(notebooks, given, workshop.root / out, forkserver, seen)
        return {result.notebook.name: result for result in results}

    return run


def outputs(result):
    """Text of each output in the audit copy."""
    cells = nbformat.read(result.path, as_version=4).cells
    found = [output for cell in cells for output in cell.get("outputs", [])]
    return [output.get("text") or output.data["text/plain"] for output in found]


def test_parameters_arrive_unharmed_whatever_they_hold(workshop, run):
    workshop.notebook("a", "name, top, snapshot")
    awkward = "it's \"so\" {x} \\n\nü ' # = @"
    (text,) = outputs(run({"a": {"name": awkward, "top": 7, "snapshot": "../snapshot"}})["a"])
    assert eval(text) == (awkward, 7, "../snapshot")


def test_two_runs_give_the_same_bytes(workshop, run):
    plain = "import warnings, matplotlib.pyplot as plt\nprint('a')\nprint('b')\nwarnings.warn('old')"
    workshop.notebook("a", plain, "plt.plot([1, 2])", "object()", "{'b', 'a', 'c'}")
    first, second = (run({"a": {"top": 1}}, out)["a"] for out in ("one", "two"))
    assert first.failure is None
    assert first.path.read_bytes() == second.path.read_bytes()
    text = first.path.read_text()
    for trace in ("papermill", "ipykernel_", "0x7", "duration", "iopub"):
        assert trace not in text
    assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("minor", [2, 5])
def test_cells_without_an_id_as_an_older_jupyter_writes_them_give_the_same_bytes(workshop, run, minor):
    path = workshop.notebook("a", "1")
    content = json.loads(path.read_text()) | {"nbformat_minor": minor}
    for cell in content["cells"]:
        del cell["id"]
    path.write_text(json.dumps(content))
    first, second = (run({"a": {"top": 1}}, out)["a"] for out in ("one", "two"))
    assert first.failure is None
    assert first.path.read_bytes() == second.path.read_bytes()


def test_the_original_is_not_touched(workshop, run):
    path = workshop.notebook("a", "1")
    before = path.read_bytes()
    run()
    assert path.read_bytes() == before


def test_a_notebook_runs_in_its_out_folder_and_knows_nothing_of_another(workshop, run):
    workshop.notebook("a", "import os; secret = 1; os.getcwd()")
    workshop.notebook("b", "'secret' in dir()")
    results = run()
    assert outputs(results["a"]) == [repr(str(workshop.root / "out"))]
    assert outputs(results["b"]) == ["False"]


def test_the_environment_is_pinned(workshop, run):
    names = "PYTHONHASHSEED", "TZ", "OPENBLAS_NUM_THREADS"
    workshop.notebook("a", f"import os; [os.environ[name] for name in {names!r}]", "hash('x')")
    assert outputs(run()["a"])[0] == "['0', 'UTC', '1']"


def test_nothing_else_of_the_environment_reaches_a_kernel(workshop, run, monkeypatch):
    """Optimised code, a narrow terminal, no colours and another epoch, all set together."""
    seen = "import os, shutil; [__debug__, shutil.get_terminal_size().columns, sorted(os.environ.items())]"
    workshop.notebook("a", seen, "assert False, 'a message in colours'")
    plain = run(out="here")["a"]
    for name, value in {
        "PYTHONOPTIMIZE": "1",
        "NO_COLOR": "1",
        "COLUMNS": "40",
        "SOURCE_DATE_EPOCH": "1",
        "LANG": "de_DE",
        "WAREHOUSE_URL": "postgres://me:secret@host",
    }.items():
        monkeypatch.setenv(name, value)
    with Forkserver(preload=LIGHT) as other:
        notebooks = find_notebooks(workshop.root / "notebooks")
        (result,) = execute(notebooks, {}, workshop.root / "there", other)
    text = plain.path.read_text()
    assert "AssertionError: a message in colours" in plain.failure.error
    assert "secret" not in text and "WAREHOUSE_URL" not in text
    private = re.compile(r"/[^']*/reporting-[^']*")  # the kernels' own folder, made for each run
    assert private.sub("", result.path.read_text()) == private.sub("", text)


@pytest.mark.parametrize(
    ("cells", "cell", "line", "error"),
    [
        (["1", "x = 2\nx / 0", "3"], 3, "x = 2", "ZeroDivisionError: division by zero"),
        (
            ["raise SystemExit(0)", "1"],
            2,
            "raise SystemExit(0)",
            "SystemExit: the notebook ended itself here",
        ),
        (
            ["import sys; sys.exit(3)", "1"],
            2,
            "import sys; sys.exit(3)",
            "SystemExit: the notebook ended itself here",
        ),
        (["import os; os._exit(3)", "1"], 2, "import os; os._exit(3)", "the kernel died"),
        (["def broken(:"], 2, "def broken(:", "SyntaxError"),
        (["raise ValueError('a' * 9999)"], 2, "raise ValueError('a' * 9999)", "aaaa"),
    ],
)
def test_a_failure_names_cell_line_and_error_and_siblings_go_on(workshop, run, cells, cell, line, error):
    workshop.notebook("bad", *cells)
    workshop.notebook("good", "1 + 1")
    results = run({"bad": {"top": 1}})
    failure = results["bad"].failure
    assert (failure.cell, failure.line) == (cell, line)
    assert error in failure.error
    assert len(failure.error) < 1500
    assert results["good"].failure is None
    assert outputs(results["good"]) == ["2"]
    assert results["bad"].path.exists()


def test_a_failure_in_a_file_names_the_file(workshop, run):
    workshop.notebook("bad", "import json", "json.loads('{')")
    assert "json/decoder.py:" in run()["bad"].failure.frame


def test_the_half_executed_copy_keeps_what_was_done(workshop, run):
    workshop.notebook("bad", "'so far'", "1 / 0", "'never'")
    cells = nbformat.read(run()["bad"].path, as_version=4).cells
    shown = [output for cell in cells for output in cell.get("outputs", [])]
    assert [output.output_type for output in shown] == ["execute_result", "error"]


def test_progress_is_told_to_the_end(workshop, run):
    workshop.notebook("a", "1", "2")
    seen = []
    run({"a": {"top": 2}}, seen=lambda *step: seen.append(step))
    assert seen[-1] == ("a", 5, 5)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_times_are_kept_apart_from_the_copy(workshop, run):
    workshop.notebook("a", "import time; time.sleep(0.2)")
    result = run()["a"]
    assert max(result.cells) >= 0.2
    assert result.seconds >= 0.2


@pytest.mark.parametrize(
    ("cell", "limits", "error"),
    [
        (
            "import time; time.sleep(600)",
            Limits(minutes=0.05),
            "longer than 0.05 minutes (`notebook_minutes`",
        ),
        ("x = bytearray(2 * 10**9)", Limits(gigabytes=1.0), "MemoryError"),
        ("while True: print('x' * 10**6)", Limits(), "more than 64,000,000 characters"),
    ],
)
def test_a_notebook_that_takes_too_much_is_ended_and_its_sibling_is_not(workshop, cell, limits, error):
    workshop.notebook("bad", cell)
    workshop.notebook("good", "1 + 1")
    with Forkserver(limits, LIGHT) as forkserver:
        notebooks = find_notebooks(workshop.root / "notebooks")
        bad, good = execute(notebooks, {}, workshop.root / "out", forkserver)
    assert error in bad.failure.error and bad.failure.line == cell
    assert good.failure is None
    assert bad.path.stat().st_size < 1_000_000


def test_a_million_lines_are_kept_in_part(workshop, run):
    workshop.notebook("a", "for i in range(100_000): print(i)")
    (text,) = outputs(run()["a"])
    assert text.startswith("0\n1\n") and text.endswith("99999\n") and "[99,000 lines are left out]" in text


def test_where_a_notebook_goes_and_what_it_leaves_running_ends_with_it(workshop):
    workshop.notebook("a", "import os, subprocess; os.chdir('/'); subprocess.Popen(['sleep', '600']).pid")
    with Forkserver(preload=LIGHT) as forkserver:
        (result,) = execute(
            find_notebooks(workshop.root / "notebooks"), {}, workshop.root / "out", forkserver
        )
        (pid,) = outputs(result)
    assert result.failure is None and result.path.exists()
    assert _soon(lambda: not _runs(pid))


def test_too_few_open_files_for_a_kernel_are_told(workshop):
    workshop.notebook("a", "1")
    code = f"""
    import resource
    from pathlib import Path
    from reporting.pipeline.execute import execute
    from reporting.pipeline.kernels import Forkserver
    from reporting.pipeline.parameters import find_notebooks
    folder = Path({str(workshop.root)!r})
    with Forkserver(preload={LIGHT!r}) as forkserver:
        pid = forkserver._process.pid
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (16, 16))
        (result,) = execute(find_notebooks(folder / "notebooks"), {{}}, folder / "out", forkserver)
    print(result.failure.error)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "its kernel didn't start" in done.stdout and "`ulimit -n`" in done.stdout


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
def test_a_forkserver_that_is_killed_fails_the_notebooks_and_leaves_no_kernel(workshop):
    for name in "abc":
        workshop.notebook(name, "import time; time.sleep(600)")
    with Forkserver(preload=LIGHT) as forkserver:

        def kill(*_: object) -> None:
            forkserver._process.kill()

        threading.Timer(3.0, kill).start()
        results = execute(find_notebooks(workshop.root / "notebooks"), {}, workshop.root / "out", forkserver)
    assert all(result.failure for result in results)
    assert "the kernel died" in results[0].failure.error
    assert "the process that starts the kernels has ended" in results[2].failure.error


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
def test_no_kernel_outlives_a_killed_run(workshop, tmp_path):
    pids = tmp_path / "pids"
    workshop.notebook(
        "a", f"import os, time; open({str(pids)!r}, 'w').write(str(os.getpid()))", "time.sleep(60)"
    )
    code = f"""
    from pathlib import Path
    from reporting.pipeline.execute import execute
    from reporting.pipeline.kernels import Forkserver
    from reporting.pipeline.parameters import find_notebooks
    with Forkserver(preload={LIGHT!r}) as forkserver:
        notebooks = find_notebooks(Path({str(workshop.root / "notebooks")!r}))
        execute(notebooks, {{}}, Path({str(tmp_path)!r}), forkserver)
    """
    run = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    kernel = _soon(lambda: pids.exists() and pids.read_text())
    assert os.path.isdir(f"/proc/{kernel}")
    run.kill()
    run.wait()
    assert _soon(lambda: not _runs(kernel))


def test_a_closed_forkserver_leaves_no_kernel(workshop):
    with Forkserver(preload=LIGHT) as forkserver:
        kernel = forkserver.kernel(["-f", str(forkserver.folder / "k.json")], str(workshop.root))
        assert kernel.poll() is None
    assert _soon(lambda: kernel.poll() is not None)


def _runs(pid: str) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _soon(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    return False
