"""Start kernels from the forkserver, in an environment that gives the same bytes everywhere."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from reporting.errors import RunError
from reporting.pipeline.limits import Limits

HEAVY = (
    "ipykernel.kernelapp",
    "pandas",
    "pyarrow.parquet",
    "matplotlib.pyplot",
    "seaborn",
    "statsmodels.api",
)
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
PASSED_ON = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "REPORTING_BRAND",
    "COVERAGE_PROCESS_CONFIG",
)
"""All that a kernel learns of the environment: where programs, code and the brand are, where scratch files
go, that the tests measure coverage. Others would show in the notebooks: COLUMNS, PYTHONOPTIMIZE and more."""
PINNED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONNOUSERSITE": "1",  # packages outside the lock
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MATPLOTLIBRC": os.devnull,  # the reader's own matplotlib settings must not show
    **dict.fromkeys(ONE_THREAD, "1"),  # several BLAS threads add floats in any order
}


class Forkserver:
    """A running forkserver; a context manager that ends it and every kernel.

    It imports its libraries in the background: create it early, use it when the snapshot is ready.

    Args:
        limits: What a kernel may take.
        preload: Modules that every kernel has imported when it starts.
        prepare: A module and what its function `prepare` is called with, before any kernel starts.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        preload: Sequence[str] = HEAVY,
        prepare: tuple[str, str] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._home = tempfile.TemporaryDirectory(prefix="reporting-")
        self._socket, theirs = socket.socketpair()
        self._replies = self._socket.makefile("r", encoding="utf-8")
        self._lock = threading.Lock()
        self._started = False
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        given = json.dumps([list(preload), prepare])
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "reporting.pipeline.forkserver", str(theirs.fileno()), given],
                env={**environment, **PINNED, "IPYTHONDIR": self._home.name},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C at the terminal reaches the run, which then ends the kernels
            )

    def manager(self, started: Callable[[int], None]) -> type[AsyncKernelManager]:
        """A kernel manager class that takes its kernel from here; `started` is told the kernel's process."""
        forkserver = self

        class ForkedKernelManager(AsyncKernelManager):
            def __init__(self, **options: Any) -> None:
                # Sockets in a private folder: no port is opened, and two kernels never race for one.
                connection = forkserver.folder / f"{uuid.uuid4().hex[:8]}.json"
                super().__init__(transport="ipc", connection_file=str(connection), **options)

            async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
                assert isinstance(self.provisioner, LocalProvisioner)
                argv = kernel_cmd[kernel_cmd.index("-f") :]
                kernel = forkserver.kernel(argv, options["cwd"])
                self.provisioner.process = kernel
                self.provisioner.pid = self.provisioner.pgid = kernel.pid
                started(kernel.pid)
                self._reconcile_connection_info(self.provisioner.connection_info)

        return ForkedKernelManager

    def kernel(self, argv: list[str], cwd: str) -> Kernel:
        """Start a kernel with ipykernel's arguments `argv` in folder `cwd`."""
        request = json.dumps({"argv": argv, "cwd": str(cwd), "memory": self.limits.memory})
        with self._lock:
            self._started = True
            try:
                self._socket.sendall(f"{request}\n".encode())
                reply = self._replies.readline()
            except OSError:
                reply = ""
        if not reply:
            raise RunError(
                "the process that starts the kernels has ended.",
                remedy="Run again; if it ends again, something kills it: look at the system's log.",
            )
        return Kernel(int(reply))

    @property
    def folder(self) -> Path:
        """A private folder for connection files."""
        return Path(self._home.name)

    def close(self) -> None:
        """End every kernel and the forkserver; a second call does nothing."""
        if self._socket.fileno() == -1:
            return
        self._socket.shutdown(socket.SHUT_RDWR)
        if not self._started:
            self._process.kill()  # it may still be importing
        self._replies.close()
        self._socket.close()
        self._process.wait()
        self._home.cleanup()

    def __enter__(self) -> Forkserver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Kernel:
    """A kernel process that is not our child, with what jupyter_client needs of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it runs. One that has ended stays listed where nobody takes note of its end."""
        try:
            os.kill(self.pid, 0)
            with open(f"/proc/{self.pid}/stat", encoding="utf-8", errors="replace") as stat:
                return 1 if stat.read().rpartition(")")[2].split()[0] == "Z" else None
        except ProcessLookupError:
            return 1
        except OSError:
            return 1 if os.path.isdir("/proc/self") else None

    def wait(self) -> int:
        """Called by jupyter_client only after `poll` said that it ended."""
        return 1

    def send_signal(self, number: int) -> None:
        """Send a signal to it."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    terminate = kill
