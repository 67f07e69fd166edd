"""Audit: the full check of database against log against chain (evidence §4, architecture §11).

    finding.py     what an audit says, and how it collects it
    cells.py       values of one stored row, held to what a writer stores
    cursor.py      rows of one table, met in the order of the log
    opening.py     one entry opened: record, secret or rows → commitment
    erasures.py    erased fields and the records that tell of them
    replay.py      cases numbered again from the records; every map head recomputed
    tiles.py       the tree grown again, every stored row of hashes compared
    checkpoints.py every stored checkpoint: form, signatures, root
    entries.py     the walk over all entries, which drives those above
    anchors.py     anchors, attempts and messages against log and policy
    raw_tx.py      the signed bytes of an attempt, read back
    answered_keys.py idempotency keys against the records that answered them
    contract.py    the same against what a node of the chain says
    run.py         the whole

Nothing is written, and nothing is believed: rows are read as they stand and everything that can be
recomputed is. One session sees one state of the database, so an audit runs beside a working
service and speaks of everything that was durable when it began.
"""
