"""Where the installed package came from, so that a project can install the same one again."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlparse

import reporting
from reporting.errors import ConfigError


def keep_package(root: Path) -> str:
    """Make the package that runs now available to the project in `root`.

    A wheel, or one built from a clone, is copied to `wheels/`: the project needs nothing else to install it.

    Returns:
        What pip is asked for, relative to `root`: a wheel, `name==version` of an index, or `name@url`.

    Raises:
        ConfigError: The wheel or the clone it was installed from is no longer there, or can't be built.
    """
    said = importlib.metadata.distribution(reporting.DISTRIBUTION).read_text("direct_url.json")
    if said is None:
        return f"{reporting.DISTRIBUTION}=={reporting.__version__}"
    origin = json.loads(said)
    url = urlparse(origin["url"])
    if url.scheme != "file":
        version = origin.get("vcs_info")
        prefix, suffix = (f"{version['vcs']}+", f"@{version['commit_id']}") if version else ("", "")
        return f"{reporting.DISTRIBUTION}@{prefix}{origin['url']}{suffix}"
    path = Path(unquote(url.path))
    if not path.exists():
        raise ConfigError(
            "what this package was installed from is no longer there.",
            where=path,
            remedy="Install it again from where it lies now, and repeat the command.",
        )
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _built(path, Path(scratch)) if path.is_dir() else path
        (root / "wheels").mkdir(exist_ok=True)
        return Path(shutil.copy(wheel, root / "wheels")).relative_to(root).as_posix()


def _built(clone: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ConfigError(
            f"no wheel could be built from this clone: {(done.stderr.strip().splitlines() or ['?'])[-1]}.",
            where=clone,
            remedy="Run `make setup` in the clone, or install a wheel.",
        )
    return next(out.glob("*.whl"))
