"""The real service with one more route, an empty handler, as the yardstick of `scripts/bench`.

    python server.py FOLDER

Prints its port on one line when it answers, and runs until it is told to stop.
"""

import sys
from contextlib import closing
from pathlib import Path

from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.keys_file import ALL_KEYS, OWNER_KEY, create_missing_keys
from liuhen.wiring.app import build_app
from liuhen.wiring.development import set_up_log
from liuhen.wiring.diagnostics import set_up_diagnostics
from liuhen.wiring.http_server import host_names, listen, run
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import load_settings
from liuhen.wiring.signals import until_stopped


def main(folder: Path) -> None:
    """Set up a log in a folder and serve it; anchors once a minute, as by default."""
    set_up_diagnostics("warning")
    create_missing_keys(folder / "keys", (*ALL_KEYS, OWNER_KEY))
    with until_stopped(), DevChain.start(folder / "chain" / "state.json") as chain:
        settings = load_settings(
            data_dir=folder / "data",
            register_dir=folder / "register",
            keys_dir=folder / "keys",
            policy_file=set_up_log(folder, chain.url),
            rpc_url=chain.url,
        )
        with open_service(settings, development=True, anchor=True) as logs:
            app = build_app(logs, hosts=host_names(settings))

            @app.post("/bench/empty")
            async def empty() -> dict[str, str]:
                return {}

            with closing(listen("127.0.0.1", 0)) as sock:
                run(app, sock, lambda: print(sock.getsockname()[1], flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
