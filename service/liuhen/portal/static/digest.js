// Digests of a file, computed on this device. The file itself goes nowhere.

import { NotStrictJson, canonicalForm } from "./strict_json.js";

const PLACES = new Set([
  ...["attachments", "case", "data", "links", "nonce", "occurred_at", "supersedes", "type"],
  ...["version", "submitter/organisation", "submitter/person", "submitter/system"],
]);
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
  const canonical = canonicalText(bytes);
  if (canonical === null) return digests;
  digests.canonical_sha256 = await sha256(encoded(canonical));
  const members = await membersOf(JSON.parse(canonical));
  if (members !== null) digests.members = members;
  return digests;
}

// Return a digest for each member of a submission; null where a value is none.
async function membersOf(value) {
  if (!isObject(value) || !Object.hasOwn(value, "data")) return null;
  const places = placesOf(value);
  if (!Object.keys(places).every((name) => PLACES.has(name))) return null;
  const members = {};
  for (const [name, place] of Object.entries(places)) {
    members[name] = await sha256(encoded(canonicalForm(JSON.stringify(place))));
  }
  return members;
}

// Return the members, those of the submitter one by one, attachments as a record has them.
function placesOf({ submitter, ...places }) {
  if (isObject(submitter)) {
    for (const [name, member] of Object.entries(submitter)) places[`submitter/${name}`] = member;
  } else if (submitter !== undefined) places.submitter = submitter;
  if (Array.isArray(places.attachments)) {
    places.attachments = places.attachments.map((each) => (isObject(each) ? { sm3: null, ...each } : each));
  }
  return places;
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function encoded(text) {
  return new TextEncoder().encode(text);
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
function canonicalText(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return canonicalForm(text);
  } catch (error) {
    if (error instanceof NotStrictJson || error instanceof TypeError) return null;
    throw error;
  }
}
