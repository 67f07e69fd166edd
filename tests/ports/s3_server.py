"""A real S3 server for tests: versitygw over a folder, built by scripts/setup_third_party."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUILT = Path(__file__).parents[2] / ".venv-third-party" / "s3" / "versitygw"
ACCESS, SECRET = "tests", "only-for-tests"
BUCKET = "files"


def find_server() -> str | None:
    """Return the program; None where this machine has none."""
    return str(BUILT) if os.access(BUILT, os.X_OK) else shutil.which("versitygw")


@contextmanager
def s3_server(program: str, folder: Path) -> Iterator[str]:
    """Run the server over a folder with one empty bucket; yields its URL."""
    (folder / "root" / BUCKET).mkdir(parents=True)
    (folder / "sidecar").mkdir()
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [program, "--quiet", "--port", f"127.0.0.1:{port}", "posix"]
    command += ["--sidecar", str(folder / "sidecar"), str(folder / "root")]
    secrets = {"ROOT_ACCESS_KEY": ACCESS, "ROOT_SECRET_KEY": SECRET}
    with (folder / "server.log").open("wb") as said:
        server = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, **secrets})
        try:
            _wait(port, server, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def _wait(port: int, server: "subprocess.Popen[bytes]", said: Path) -> None:
    for _ in range(400):
        assert server.poll() is None, said.read_text(errors="replace")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(said.read_text(errors="replace"))
