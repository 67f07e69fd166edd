"""What comes back from an append: the receipt file, and what it says."""

from dataclasses import dataclass

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.detached import Detached
from liuhen.core.disclosure import rebuild
from liuhen.core.errors import CommitmentMismatch, MalformedReceipt
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.shown import ShownRecord


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt as the service sent it: well formed, and not yet examined.

    Attributes:
        record_id: The record's number.
        body: The receipt file, to be kept as it is.
        receipt: The same, read.
        replayed: Whether an append led to a record that was there already.
    """

    record_id: str
    body: bytes
    receipt: Receipt
    replayed: bool = False

    @staticmethod
    def parse(body: bytes, *, replayed: bool = False) -> "StoredReceipt":
        """Read a receipt file.

        Raises:
            Malformed: It is not one.
        """
        receipt = parse_receipt(body)
        return StoredReceipt(ShownRecord.of(receipt.rows).record_id, body, receipt, replayed)

    def completed(self, content: Detached) -> "StoredReceipt":
        """Return this receipt of a detached record with the content that was kept here.

        Raises:
            CommitmentMismatch: It is of another record than was sent.
            Malformed: It shows no record, or is too long with the content.
        """
        body = content.complete(self.receipt).to_text().encode()
        return StoredReceipt.parse(body, replayed=self.replayed)

    def check_record_id(self, asked: str) -> None:
        """Check that this is the receipt of the record that was asked for.

        Raises:
            MalformedReceipt: It is another record's.
        """
        if self.record_id != asked:
            raise MalformedReceipt(f"asked for record {asked}, got that of {self.record_id}")

    def check_data(self, sent: JsonValue) -> None:
        """Check that what was entered is what was sent.

        Raises:
            CommitmentMismatch: The record in the receipt holds other data, or hides some.
        """
        record = rebuild(self.receipt.rows)
        if record is None or canonical(record.get("data")) != canonical(sent):
            raise CommitmentMismatch("the service entered other data than was sent")
