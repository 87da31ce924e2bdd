"""Reviews made by an existing Dask cluster.

Its workers read the month and write the reviews where we do: they see the project's folder under the same
path, and have this version of the package. That is asked of each before any work is given out.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from reporting.errors import ConfigError
from reporting.pipeline.manifest import NAME, sha256
from reporting.pipeline.reviews.choose import Wanted
from reporting.pipeline.reviews.studio import Job, Made, Studio
from reporting.snapshot.code import code_hash

if TYPE_CHECKING:
    from distributed import Client

AHEAD = 2
"""Reviews given out for each thread of a worker: one that it makes, one that waits."""
SECONDS = 15
"""In which the scheduler answers."""
_studios: dict[str, Studio] = {}
"""On a worker: call -> its studio there."""
_one_at_a_time = threading.Lock()


def made_on(address: str, job: Job, wanted: Sequence[Wanted]) -> Iterator[Made]:
    """Have the reviews made on the cluster of the scheduler at `address`; each as it is made.

    Raises:
        ConfigError: `distributed` isn't installed, no scheduler answers, it has no workers, or a worker has
            another version of the package or doesn't see the month.
    """
    with _client(address) as client:
        from distributed import as_completed

        _require_alike(client, job)
        call = uuid.uuid4().hex
        threads = sum(client.nthreads().values())
        waiting = iter(wanted)
        asked: dict[Any, Wanted] = {}

        def submit(one: Wanted) -> Any:
            future = client.submit(_make, call, job, one, pure=False)
            asked[future] = one
            return future

        running = as_completed([submit(one) for one in islice(waiting, AHEAD * threads)])
        try:
            for future in running:
                one, error = asked.pop(future), future.exception()
                yield (
                    future.result()
                    if error is None
                    else Made(one.account, f"{type(error).__name__}: {error}")
                )
                running.update([submit(following) for following in islice(waiting, 1)])
        finally:
            client.run(_close, call)


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise ConfigError(
            "Dask isn't installed.",
            where=f"--dask {address}",
            remedy="Install `distributed` (`make setup-servers` does), or leave --dask out.",
        ) from None
    try:
        return Client(address, timeout=SECONDS)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"no Dask scheduler answers: {error}.",
            where=f"--dask {address}",
            remedy="Give the address that `dask scheduler` prints, such as tcp://10.0.0.5:8786.",
        ) from None


def _require_alike(client: Client, job: Job) -> None:
    here = _seen(job)
    there = client.run(_seen, job)
    if not there:
        raise ConfigError(
            "the Dask scheduler has no workers.",
            where=client.scheduler.address,
            remedy="Start some: `dask worker <its address>`, with this project's Python.",
        )
    for worker, seen in there.items():
        if seen != here:
            what = "has another version of the package" if seen[0] != here[0] else f"doesn't see {job.month}"
            raise ConfigError(
                f"the worker {what}.",
                where=worker,
                remedy="Workers need this version of `reporting` and the project's folder at the same path.",
            )


def _seen(job: Job) -> tuple[str, str]:
    """The code that is installed, and the month as it is seen there."""
    manifest = job.month / NAME
    return code_hash(), sha256(manifest) if manifest.is_file() else ""


def _make(call: str, job: Job, one: Wanted) -> Made:
    """On a worker: make a review in the studio that this process has for the call."""
    with _one_at_a_time:
        if call not in _studios:
            _studios[call] = Studio(job)
    return _studios[call].make(one)


def _close(call: str) -> None:
    """On a worker: end the processes that made the reviews of a call."""
    with _one_at_a_time:
        studio = _studios.pop(call, None)
    if studio:
        studio.close()
