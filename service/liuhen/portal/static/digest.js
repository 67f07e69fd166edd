// Digests of a file, computed on this device. The file itself goes nowhere.

import { NotStrictJson, canonicalForm } from "./strict_json.js";

const MOST_JSON_BYTES = 8 * 2 ** 20;

// Whether this browser can compute digests here: only over HTTPS, or on this machine.
export function canDigest() {
  return globalThis.crypto?.subtle !== undefined;
}

// Return what the service needs to compare a file: name, sha256, and for JSON canonical_sha256.
export async function digestsOf(file) {
  const bytes = await file.arrayBuffer();
  const digests = { name: file.name, sha256: await sha256(bytes) };
  const canonical = canonicalBytes(bytes);
  if (canonical !== null) digests.canonical_sha256 = await sha256(canonical);
  return digests;
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Return the canonical form, or null where the file is not strict JSON.
function canonicalBytes(bytes) {
  if (bytes.byteLength > MOST_JSON_BYTES) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return new TextEncoder().encode(canonicalForm(text));
  } catch (error) {
    if (error instanceof NotStrictJson || error instanceof TypeError) return null;
    throw error;
  }
}
