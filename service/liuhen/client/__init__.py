"""The SDK: enter records and fetch receipts over HTTP, on the base install.

>>> from liuhen.client import Liuhen
>>> with Liuhen("https://log.example") as log:  # doctest: +SKIP
...     stored = log.append({"score": "43.00"}, type="score_sheet", case="SLZX-2026-0031")
...     Path("receipt.json").write_bytes(stored.body)

A receipt from here is as the service sent it; `liuhen verify` or `core.examine` say what it is
worth. Errors are those of `core.errors`; `problem_of` gives what the service said, and its status.
"""

from liuhen.client.connection import Liuhen
from liuhen.client.problem import Problem, problem_of
from liuhen.client.stored import StoredReceipt

__all__ = ["Liuhen", "Problem", "StoredReceipt", "problem_of"]
