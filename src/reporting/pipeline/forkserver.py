"""Where kernels come from: one process with the heavy libraries imported, from which each kernel is forked.

Importing pandas, matplotlib, seaborn and statsmodels costs several seconds a kernel; a fork of a process that
has them costs nothing. The forkserver is started by `reporting.pipeline.kernels` and speaks with it over an
inherited socket: one JSON line in, `{"argv": [...], "cwd": "...", "memory": bytes}`; one line out, the
kernel's process id.

When the other end goes away, however it ends, every kernel is killed: none outlives its run.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import warnings

CAN_FORK = sys.platform == "linux"
"""Elsewhere the system's own libraries do not survive a fork, and kernels are started afresh."""


def main(fd: int, preload: list[str], prepare: tuple[str, str] | None = None) -> None:
    """Import `preload`, then serve requests on the inherited socket `fd` until its other end closes.

    Args:
        prepare: A module and what its function `prepare` is called with: what it reads, every kernel has.
    """
    with socket.socket(fileno=fd) as parent:
        parent.set_inheritable(False)
        if CAN_FORK:
            for name in preload:
                importlib.import_module(name)
            if prepare:
                module, argument = prepare
                importlib.import_module(module).prepare(argument)
                gc.freeze()  # a collection in a kernel would copy all of it
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended kernels leave no zombies
        kernels: list[int] = []
        with parent.makefile("r", encoding="utf-8") as requests:
            for line in requests:
                request = json.loads(line)
                pid = _fork() if CAN_FORK else _spawn(request)
                if pid == 0:
                    break
                kernels.append(pid)
                parent.sendall(f"{pid}\n".encode())
            else:
                _kill(kernels)
                gc.unfreeze()  # or libraries take what is frozen for leaked
                return
    _become_kernel(request)


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 and later warn of threads; the one there is, for pyarrow's memory, is made for forks.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _spawn(request: dict) -> int:
    command = [sys.executable, "-m", "ipykernel_launcher", *request["argv"]]
    return subprocess.Popen(command, cwd=request["cwd"], start_new_session=True, stdin=subprocess.DEVNULL).pid


def _become_kernel(request: dict) -> None:
    sys.modules["debugpy"] = None  # ty: ignore[invalid-assignment]  # nobody debugs here, and it is slow to import
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    # Of memory that it writes to; a limit of address space would count what libraries only reserve.
    resource.setrlimit(resource.RLIMIT_DATA, (request["memory"], request["memory"]))
    os.chdir(request["cwd"])
    # Should the forkserver itself be killed, the kernel notices that it has another parent.
    IPKernelApp.launch_instance(argv=[*request["argv"], f"--IPKernelApp.parent_handle={os.getppid()}"])


def _kill(kernels: list[int]) -> None:
    """End the kernels and wait until they have: what they write to is removed next."""
    for pid in kernels:
        with contextlib.suppress(ProcessLookupError):
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:  # it leads no group yet
                os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-1, 0)  # as children that end are ignored, this returns when there are none


if __name__ == "__main__":
    main(int(sys.argv[1]), *json.loads(sys.argv[2]))
