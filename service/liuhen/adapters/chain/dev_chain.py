"""Run a development chain of our own: anvil, on this machine, with its state in a file.

The platform binary is started itself; npm's wrapper would leave it behind when killed. It is told
to end when we end, however we end (Linux), and writes its state as it stops, so accounts, blocks
and anchors survive a restart. A development chain is run by the operator and proves nothing about
time: it is for trying out and for tests.
"""

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from liuhen.adapters.rpc import RpcNode
from liuhen.core.errors import Unavailable

DEVELOPMENT_CHAIN_ID: Final = 20231
_HOST: Final = "127.0.0.1"
_STOP_SECONDS: Final = 15.0
_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}

# Becomes the chain by exec, so its pid is the chain's. A hook in the forked child would do the
# same, but Python code between fork and exec can hang in a process with threads.
_EXEC_BOUND_TO_PARENT: Final = """
import ctypes, os, signal, sys
PR_SET_PDEATHSIG = 1
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the parent is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


def find_anvil(folders: Iterable[Path] = ()) -> Path:
    """Return anvil's platform binary.

    Args:
        folders: Where `node_modules` may lie; then the source tree and the working folder are
            looked into, then the search path.

    Raises:
        Unavailable: There is none.
    """
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    inside = Path("node_modules", "@foundry-rs", f"anvil-{sys.platform}-{machine}", "bin", "anvil")
    for folder in (*folders, Path(__file__).parents[4], Path.cwd()):
        if (folder / inside).is_file():
            return (folder / inside).resolve()
    on_path = shutil.which("anvil")
    if on_path is None:
        raise Unavailable("anvil is not installed: run scripts/setup, or npm install")
    return Path(on_path)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class DevChain:
    """A running anvil. Use as a context manager, or call `stop`.

    Start it from a thread that lives as long as the chain shall live: Linux ends the chain when
    the *thread* that started it ends.
    """

    def __init__(self, process: subprocess.Popen[bytes], url: str, state: Path) -> None:
        """Take over a process that answers at `url`; see `start`."""
        self._process = process
        self.url = url
        self.state = state

    @classmethod
    def start(
        cls,
        state: Path,
        *,
        anvil: Path | None = None,
        chain_id: int = DEVELOPMENT_CHAIN_ID,
        port: int | None = None,
        options: Iterable[str] = (),
        start_seconds: float = 20.0,
    ) -> Self:
        """Start the chain and wait until it answers.

        Args:
            state: File that holds the chain; made if missing. The folder also takes `anvil.out`.
            anvil: The platform binary; by default it is looked for.
            chain_id: Never 1337 or 31337, which production refuses.
            port: On 127.0.0.1; by default a free one.
            options: Further options of anvil, for tests.
            start_seconds: Time allowed until the first answer.

        Raises:
            Unavailable: There is no anvil, or it ends, or it does not answer.
        """
        binary = anvil or find_anvil()
        state.parent.mkdir(parents=True, exist_ok=True)
        _restore_if_torn(state)
        _keep_first_genesis(state)
        port = port or free_port()
        command = [str(binary), *_options(state, chain_id, port), *options]
        process = start_bound(command, state.with_name("anvil.out"))
        chain = cls(process, f"http://{_HOST}:{port}", state)
        try:
            chain._wait(chain_id, start_seconds)
        except BaseException:
            chain.stop()
            raise
        return chain

    @property
    def pid(self) -> int:
        """The process id of the chain."""
        return self._process.pid

    def stop(self) -> None:
        """Let the chain write its state and end; idempotent."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        """Return the running chain."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the chain."""
        self.stop()

    def _wait(self, chain_id: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        node = RpcNode(self.url, timeout=2.0)
        try:
            while not _answers(node, chain_id):
                if self._process.poll() is not None:
                    raise Unavailable(f"anvil ended with code {self._process.returncode}")
                if time.monotonic() > deadline:
                    raise Unavailable(f"anvil does not answer after {seconds} seconds")
                time.sleep(0.02)
        finally:
            node.close()


def _options(state: Path, chain_id: int, port: int) -> list[str]:
    """Return anvil's options; no accounts, because the keys of its own are known to everyone."""
    # Without --preserve-historical-states: with it the file grows a hundredfold and the chain
    # stalls after some 1,600 blocks.
    return [
        *("--quiet", "--accounts", "0"),
        *("--chain-id", str(chain_id), "--host", _HOST, "--port", str(port)),
        *("--state", str(state), "--state-interval", "1"),
        *("--cache-path", str(state.with_name("anvil-cache"))),
    ]


def start_bound(
    command: list[str], output: Path, folder: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that ends when the thread that started it ends (on Linux).

    Args:
        command: The program's path and its arguments.
        output: File that its output is appended to.
        folder: Its working folder.
    """
    bound = [sys.executable, "-I", "-S", "-c", _EXEC_BOUND_TO_PARENT, str(os.getpid()), *command]
    with output.open("ab") as out:
        # A session of its own: Ctrl-C in the terminal must reach us first, and we stop the chain
        # after the last anchor, not under it.
        return subprocess.Popen(  # noqa: S603 -- no shell, no outside text
            bound,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def _answers(node: RpcNode, chain_id: int) -> bool:
    try:
        return node.chain_id() == chain_id
    except Unavailable:
        return False


def _restore_if_torn(state: Path) -> None:
    """Keep a copy of a whole state file; take the copy where the file was torn by a kill.

    anvil rewrites the file in place, so a kill at the wrong moment leaves half of it.
    """
    kept = state.with_name(state.name + ".kept")
    if not state.exists() and not kept.exists():
        return
    if _is_whole(state):
        partial = kept.with_name(kept.name + ".new")
        shutil.copyfile(state, partial)
        partial.replace(kept)
    elif kept.exists():
        shutil.copyfile(kept, state)


def _keep_first_genesis(state: Path) -> None:
    """Leave one block 0 in the state file.

    Each start of anvil makes a new one, loads the file over it and saves both; which of them the
    next start takes for the chain's depends on their order in the file. The oldest is the chain's.
    """
    if not state.exists():
        return
    with state.open("rb") as file:
        content = json.load(file)
    genesis = [block for block in content["blocks"] if int(block["header"]["number"], 16) == 0]
    if len(genesis) < 2:
        return
    first = min(genesis, key=lambda block: int(block["header"]["timestamp"], 16))
    content["blocks"] = [b for b in content["blocks"] if b is first or b not in genesis]
    partial = state.with_name(state.name + ".new")
    with partial.open("w") as file:
        json.dump(content, file)  # noqa: TID251 -- anvil's file; nothing of it is hashed
    partial.replace(state)


def _is_whole(state: Path) -> bool:
    try:
        with state.open("rb") as file:
            json.load(file)
    except (OSError, ValueError):
        return False
    return True
