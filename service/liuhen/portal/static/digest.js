// Digests of a file, computed on this device. The file itself goes nowhere.

import { NotStrictJson, canonicalForm } from "./strict_json.js";

const MOST_JSON_BYTES = 10 * 2 ** 20; // of a record with its envelope

// Whether this browser can compute digests here: only over HTTPS, or on this machine.
export function canDigest() {
  return globalThis.crypto?.subtle !== undefined;
}

// Return what the service needs to compare a file: name, sha256, and for JSON canonical_sha256.
export async function digestsOf(file) {
  const bytes = await file.arrayBuffer();
  const digests = { name: file.name, sha256: await sha256(bytes) };
  if (bytes.byteLength > MOST_JSON_BYTES) {
    digests.too_long = mayBeJson(bytes);
    return digests;
  }
  const canonical = canonicalBytes(bytes);
  if (canonical !== null) digests.canonical_sha256 = await sha256(canonical);
  return digests;
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Whether a long file may be JSON: then white space or escapes may have made it long.
function mayBeJson(bytes) {
  try {
    const start = new Uint8Array(bytes, 0, MOST_JSON_BYTES);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(start, { stream: true });
    return /^[ \t\r\n]*(?:[[{"]|$)/.test(text);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

// Return the canonical form, or null where the file is not strict JSON.
function canonicalBytes(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return new TextEncoder().encode(canonicalForm(text));
  } catch (error) {
    if (error instanceof NotStrictJson || error instanceof TypeError) return null;
    throw error;
  }
}
