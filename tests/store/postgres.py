"""A PostgreSQL of the tests' own: Debian's binaries, a cluster in a temporary folder, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["binaries", "cluster"]


def binaries() -> Path | None:
    """Where initdb and pg_ctl are; None where they aren't installed."""
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "initdb").exists():
            return found
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _unprivileged() -> str | None:
    """Whom to run as, since PostgreSQL refuses root; None where we aren't root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise KeyError("neither postgres nor nobody")


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a running, empty server on the loopback."""
    bin_folder, user = binaries(), _unprivileged()
    assert bin_folder is not None
    folder = Path(tempfile.mkdtemp(prefix="duologue-postgres-", dir="/tmp"))
    if user is not None:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*command: str) -> None:
        as_user = ["runuser", "-u", user, "--"] if user else []
        done = subprocess.run(
            [*as_user, *command], capture_output=True, text=True, cwd="/", timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    data = str(folder / "data")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off -c shared_buffers=16MB"
    try:
        run(
            str(bin_folder / "initdb"), "-D", data, "-U", "duologue", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        run(str(bin_folder / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+pg8000://duologue@127.0.0.1:{port}/postgres"
        finally:
            run(str(bin_folder / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
