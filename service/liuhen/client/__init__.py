"""The SDK: enter records and fetch receipts over HTTP, on the base install.

>>> from liuhen.client import Liuhen
>>> with Liuhen("https://log.example") as log:  # doctest: +SKIP
...     stored = log.append({"score": "43.00"}, type="score_sheet", case="SLZX-2026-0031")
...     Path("receipt.json").write_bytes(stored.body)

`append_detached` enters a commitment and keeps the content here; `files` puts and gets attachments.

A receipt from here is as the service sent it; `verify` says what it is worth.
Errors are those of `core.errors`; `problem_of` gives what the service said, and its status.
"""

from liuhen.client.connection import Liuhen
from liuhen.client.files import describe_file
from liuhen.client.key_holder import KeyHolder
from liuhen.client.problem import Problem, problem_of
from liuhen.client.stored import StoredReceipt
from liuhen.client.verify import verify
from liuhen.core.attachment import Attachment
from liuhen.core.detached import Detached

__all__ = [
    "Attachment",
    "Detached",
    "KeyHolder",
    "Liuhen",
    "Problem",
    "StoredReceipt",
    "describe_file",
    "problem_of",
    "verify",
]
