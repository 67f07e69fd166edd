// Heads signed in the form that the contract judges: EIP-712 over (logId, origin, size, root).
import { hashTypedData, isHex, keccak256, stringToBytes } from "viem";
import { privateKeyToAccount, serializeSignature, sign } from "viem/accounts";

import { request } from "./audit_log.js";
import { hex } from "./tree.js";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const types = {
  Checkpoint: [
    { name: "logId", type: "bytes32" },
    { name: "origin", type: "string" },
    { name: "size", type: "uint64" },
    { name: "root", type: "bytes32" },
  ],
};
const chainId = Number(await request("eth_chainId"));

/** A key that signs heads, always the same for one name. */
export function headSigner(name) {
  const key = keccak256(stringToBytes(name));
  return { key, address: privateKeyToAccount(key).address };
}

/** The digest of a head; `domain` may bend what the contract has as its own. */
export function digestOf({ address }, { logId, origin, size, root }, domain = {}) {
  return hashTypedData({
    domain: { name: "AuditLog", version: "1", chainId, verifyingContract: address, ...domain },
    types,
    primaryType: "Checkpoint",
    message: { logId, origin, size: BigInt(size), root: isHex(root) ? root : hex(root) },
  });
}

/** r, s, v of a head: 65 bytes, low s, v 27 or 28. */
export async function signHead(auditLog, { key }, head, domain = {}) {
  const signature = await sign({ hash: digestOf(auditLog, head, domain), privateKey: key });
  return serializeSignature(signature);
}

/** Every way to bend a signature so that it is by nobody, or by somebody else. */
export function bentSignatures(signature) {
  const bytes = Buffer.from(signature.slice(2), "hex");
  const [r, s, v] = [bytes.subarray(0, 32), bytes.subarray(32, 64), bytes[64]];
  const other = (ORDER - BigInt(hex(s))).toString(16).padStart(64, "0");
  const zero = Buffer.alloc(32);
  return {
    "the high s": Buffer.concat([r, Buffer.from(other, "hex"), Buffer.of(55 - v)]),
    "the high s, v as it was": Buffer.concat([r, Buffer.from(other, "hex"), Buffer.of(v)]),
    "the other v": Buffer.concat([r, s, Buffer.of(55 - v)]),
    "v from 0": Buffer.concat([r, s, Buffer.of(v - 27)]),
    "v 29": Buffer.concat([r, s, Buffer.of(29)]),
    "64 bytes": bytes.subarray(0, 64),
    "66 bytes": Buffer.concat([bytes, Buffer.of(0)]),
    "r zero": Buffer.concat([zero, s, Buffer.of(v)]),
    "s zero": Buffer.concat([r, zero, Buffer.of(v)]),
    "all zero": Buffer.alloc(65),
    nothing: Buffer.alloc(0),
  };
}
