"""A month signed with an SSH key: who published it, for whoever knows the signer's public key.

Hashes say that a month is of one piece; someone who forges it forges them as well, but not the signature.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from reporting.errors import AuditDifference, ConfigError
from reporting.pipeline.manifest import NAME, SIGNATURE

KEY = "REPORTING_SIGNING_KEY"
"""Environment variable that names the private key, or the public one of a key that the agent holds."""
_NAMESPACE = "reporting"


def signing_key() -> Path | None:
    """The key to sign with, tried once before anything is made; None if none is named.

    Raises:
        ConfigError: It can't be signed with.
    """
    name = os.environ.get(KEY)
    if not name:
        return None
    key = Path(name).expanduser()
    _signature(b"", key)
    return key


def sign(folder: Path, key: Path) -> None:
    """Sign the manifest in `folder`, and with it every file that it has the hash of."""
    (folder / SIGNATURE).write_bytes(_signature((folder / NAME).read_bytes(), key))


def signer(folder: Path, signers: Path) -> str | None:
    """Who signed the month in `folder`, by the file of allowed signers; None if it isn't signed.

    Raises:
        AuditDifference: The signature is of none of them, or of another manifest.
        ConfigError: The file of allowed signers isn't there.
    """
    if not signers.is_file():
        raise ConfigError("there is no such file of allowed signers.", where=signers)
    if not (folder / SIGNATURE).is_file():
        return None
    manifest, made = (folder / NAME).read_bytes(), ["-n", _NAMESPACE, "-s", str(folder / SIGNATURE)]
    known = _ssh_keygen("find-principals", "-f", str(signers), *made[2:])
    for name in known.stdout.decode().split("\n"):
        if (
            name
            and _ssh_keygen("verify", "-f", str(signers), "-I", name, *made, data=manifest).returncode == 0
        ):
            return name
    raise AuditDifference(
        "the signature is of another manifest."
        if known.stdout
        else "the signature is of none of the signers.",
        where=folder / SIGNATURE,
        remedy=f"{signers} names the allowed ones; ask who published the month.",
    )


def _signature(data: bytes, key: Path) -> bytes:
    done = _ssh_keygen("sign", "-n", _NAMESPACE, "-f", str(key), data=data)
    if done.returncode:
        raise ConfigError(
            f"can't sign with {key}: {done.stderr.decode(errors='replace').strip()}",
            where=KEY,
            remedy="Name a key without a passphrase, or the public key of one that ssh-agent holds.",
        )
    return done.stdout


def _ssh_keygen(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    unasked = {**os.environ, "SSH_ASKPASS_REQUIRE": "never"}
    try:
        return subprocess.run(
            ["ssh-keygen", "-Y", *arguments],
            input=data,
            capture_output=True,
            check=False,
            env=unasked,
            start_new_session=True,  # without a terminal it can't ask for a passphrase
        )
    except FileNotFoundError:
        raise ConfigError(
            "ssh-keygen is not installed, which makes and checks signatures.", remedy="Install OpenSSH."
        ) from None
