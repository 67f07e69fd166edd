"""`liuhen dev` as a program of its own. Usage: development_program.py FOLDER

Prints the URLs of service and chain when it is ready.
"""

import sys
from pathlib import Path

from liuhen.wiring.development import dev

if __name__ == "__main__":
    dev(
        Path(sys.argv[1]),
        0,
        on_ready=lambda place: print(place.url, place.rpc_url, flush=True),  # noqa: T201 -- it talks to the test
    )
