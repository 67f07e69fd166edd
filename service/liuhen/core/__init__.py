"""The evidence: why anybody should believe a receipt. Read this ring and nothing else.

What an auditor reads, in this order:

    canonical, json_number, json_scanner, strict_json       one text for one JSON value
    record, envelope, record_id                             what a record is
    field_leaf, commitment, padding                         32 bytes that bind it
    disclosure, path_rules, row_rules, shown                what opens them, wholly or in part
    log_entry, case_map, slot                               what the 32 bytes of an entry can be
    merkle                                                  the log's tree
    note, checkpoint, verifier_key, keccak, head_signature  signed heads
    cosignature, witness_checks                             and who else has signed them
    rlp, chain_evidence, chain_view, log_standing           the chain, as far as a verifier looks
    receipt, policy, policy_member                          the file, and what a verifier believes
    examine, entry_check, head_checks, chain_checks, node_answers, standing_checks, time_bounds
                                                            the numbered list
    detached, attachment, content_check, file_check, sent_members, shown_fields
                                                            what was entered; what stays elsewhere
    verdict_table, verdict, errors                          the answer, and all that can be wrong

The same evidence in other people's forms, and a whole log at once:

    tlog_proof, cose_receipt, proof_check                   proofs for other tools
    tiles, authentic_rows, log_checks, log_memory           a log, watched by a third party
    key_history                                             whose keys were good when
    tlog_policy, witness_request                            what a witness is asked

Making what is checked above:

    submission, draft                                       a record, as the service completes it
    pointer, selection, erasure                             hiding fields, and destroying them

No clock, disk, network, environment, randomness or language: those come in as values.

Consensus-critical: receipts are checked for fifteen years and longer. A change to any byte that is
hashed, signed or parsed here makes receipts already issued fail, so a format only ever gets a new
tag or schema beside the old one. That is: the tags `audit-record/v1`, `audit-log/…/v1` and
`eip712-checkpoint/v1`, the order of leaves, the envelope's members, RFC 8785, the tree of RFC 9162,
the note's text, the EIP-712 type, and the members of `audit-receipt/v1`. Free to change: limits
upwards, messages, reasons' wording, speed.
"""
