"""Signers of heads and of anchoring txs, by where their keys are kept.

    secp256k1.py      what signs digests: r ‖ s ‖ v from whatever a key gives back
    local_key.py      keys in memory, from a plain file or a keystore
    keystore_file.py  encrypted files (Ethereum's V3 keystore)
    remote.py         a service that signs, by JSON-RPC (remote_call.py)
    pkcs11_token.py   a hardware security module
    time_limit.py     how long the last two are waited for

Nothing here prints a key, a password or a PIN, and no message quotes what a signer answered: it may
repeat what it was sent.
"""
