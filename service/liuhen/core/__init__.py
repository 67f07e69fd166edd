"""The evidence: why anybody should believe a receipt. Read this ring and nothing else.

In reading order:

    canonical, json_number, json_scanner, strict_json    one text for one JSON value
    record, submission                                   what a record is, and how one is made
    field_leaf, commitment, disclosure, shown, row_rules 32 bytes that bind it, and what opens them
    log_entry, case_map, slot                            what the 32 bytes of an entry can be
    merkle, tiles                                        the log's tree: checks, and making proofs
    note, checkpoint, head_signature                     signed heads
    rlp, chain_evidence, chain_view                      the chain, as far as a verifier looks
    receipt, policy, policy_member                       the file, and what a verifier believes
    detached, attachment                                 what stays elsewhere: content, files
    examine, chain_checks, content_check, file_check     the numbered list
    verdict_table, verdict                               the answer
    errors                                               everything that can be wrong

No clock, disk, network, environment, randomness or language: those come in as values.

Consensus-critical: receipts are checked for fifteen years and longer. A change to any byte that is
hashed, signed or parsed here makes receipts already issued fail, so a format only ever gets a new
tag or schema beside the old one. That is: the tags `audit-record/v1`, `audit-log/…/v1` and
`eip712-checkpoint/v1`, the order of leaves, the envelope's members, RFC 8785, the tree of RFC 9162,
the note's text, the EIP-712 type, and the members of `audit-receipt/v1`. Free to change: limits
upwards, messages, reasons' wording, speed.
"""
