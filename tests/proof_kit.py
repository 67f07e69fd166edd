"""Proofs in other people's forms of the record of a `Kit`."""

import dataclasses
from typing import Any

from liuhen.core.cose_receipt import CoseReceipt, SignedSize, protected_header, to_be_signed
from liuhen.core.tlog_proof import TlogProof
from tests.receipt_kit import Kit


def tlog_proof(kit: Kit, size: int = 5, **changes: Any) -> TlogProof:
    path = tuple(kit.tree.inclusion(kit.index, size))
    proof = TlogProof(kit.index, path, kit.checkpoint(size))
    return dataclasses.replace(proof, **changes)


def cose_receipt(kit: Kit, size: int = 5, **changes: Any) -> CoseReceipt:
    protected = protected_header(kit.log_key.key_id, kit.origin, size)
    signature = kit.log_private.sign(to_be_signed(protected, kit.tree.root(size)))
    signed = SignedSize(kit.origin, size, kit.log_key.key_id, signature)
    receipt = CoseReceipt(signed, kit.index, tuple(kit.tree.inclusion(kit.index, size)))
    return dataclasses.replace(receipt, **changes)
