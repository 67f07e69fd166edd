"""EVM chains through web3, and development chains of our own.

A library below web3 (py_ecc) raises the interpreter's recursion limit a hundredfold when it is
imported. With that limit a deeply nested JSON text overflows the C stack and kills the process
instead of raising an error, so it is imported here, first, and the limit put back.
"""

import sys

_limit = sys.getrecursionlimit()
import eth_account  # noqa: E402, F401

sys.setrecursionlimit(_limit)
