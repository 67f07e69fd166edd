import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

import { getAddress, pad, zeroAddress } from "viem";

import { AuditLog, owner, publisher, signer, stranger } from "./support/audit_log.js";
import { hex, leafHash, sha256, Tree } from "./support/tree.js";

const [PUBLISHER, SIGNER, LOG_KEY] = [0, 1, 2];
const MAX = 2n ** 64n - 1n;
const next = getAddress(`0x${"5a".repeat(20)}`);
const unknown = hex(sha256("unknown"));
const tree = new Tree(Array.from({ length: 40 }, (_, i) => leafHash(sha256(`entry-${i}`))));
const keySet = (logId, role, keyHash, fromSize) => ({
  eventName: "KeySet",
  args: { logId, role, keyHash, fromSize },
});

describe("keys of a log", () => {
  let auditLog;
  let logId;
  let count = 0;

  before(async () => {
    auditLog = await AuditLog.deploy();
  });

  beforeEach(async () => {
    count += 1;
    logId = await auditLog.register(`audit.example.org/logs/${count}`);
  });

  const signers = async () =>
    (await auditLog.call(stranger, "signersOf", logId)).map((each) => [each.signer, each.fromSize]);

  /** The call is the owner's alone, of a log that there is. */
  async function isTheOwners(functionName, ...args) {
    for (const caller of [publisher, signer, stranger]) {
      const error = ["NotOwner", logId, getAddress(owner), getAddress(caller)];
      await auditLog.refuses(error, caller, functionName, logId, ...args);
    }
    const error = ["NotOwner", unknown, zeroAddress, getAddress(owner)];
    await auditLog.refuses(error, owner, functionName, unknown, ...args);
  }

  it("another publisher anchors from now on, and the old one no more", async () => {
    await auditLog.anchor(logId, tree, 0, 3);
    const { events } = await auditLog.send(owner, "setPublisher", logId, stranger);
    assert.deepEqual(events, [keySet(logId, PUBLISHER, pad(stranger), 3n)]);
    const [, appointed] = await auditLog.call(owner, "logOf", logId);
    assert.equal(appointed, getAddress(stranger));
    const call = ["anchor", logId, 3n, 8n, tree.root(8), tree.consistency(3, 8)];
    const error = ["NotPublisher", logId, getAddress(stranger), getAddress(publisher)];
    await auditLog.refuses(error, publisher, ...call);
    await auditLog.send(stranger, ...call);
    const head = await auditLog.call(owner, "headAt", logId, 3n);
    assert.equal(head[0], hex(tree.root(3)));
  });

  it("a publisher is not zero", async () => {
    const error = ["ZeroKey", zeroAddress, getAddress(signer)];
    await auditLog.refuses(error, owner, "setPublisher", logId, zeroAddress);
    await auditLog.send(owner, "setSigner", logId, next, 7n);
    const later = ["ZeroKey", zeroAddress, next];
    await auditLog.refuses(later, owner, "setPublisher", logId, zeroAddress);
  });

  it("only the owner appoints a publisher", () => isTheOwners("setPublisher", next));

  it("another signer is good from the size after the last of the one before", async () => {
    assert.deepEqual(await signers(), [[getAddress(signer), 0n]]);
    const { events } = await auditLog.send(owner, "setSigner", logId, next, 7n);
    assert.deepEqual(events, [keySet(logId, SIGNER, pad(next).toLowerCase(), 8n)]);
    assert.deepEqual(await signers(), [[getAddress(signer), 0n], [next, 8n]]);
    const [, , appointed] = await auditLog.call(owner, "logOf", logId);
    assert.equal(appointed, next);
  });

  it("a signer may come back", async () => {
    await auditLog.send(owner, "setSigner", logId, next, 0n);
    await auditLog.send(owner, "setSigner", logId, signer, 1n);
    const keys = [[getAddress(signer), 0n], [next, 1n], [getAddress(signer), 2n]];
    assert.deepEqual(await signers(), keys);
  });

  it("a signer ends at the anchored size or later", async () => {
    await auditLog.anchor(logId, tree, 0, 8);
    for (const toSize of [0n, 7n]) {
      const error = ["KeyEndsTooEarly", 8n, toSize];
      await auditLog.refuses(error, owner, "setSigner", logId, next, toSize);
    }
    await auditLog.send(owner, "setSigner", logId, next, 8n);
    assert.deepEqual((await signers()).at(-1), [next, 9n]);
  });

  it("a signer is good for at least one size", async () => {
    await auditLog.send(owner, "setSigner", logId, next, 19n);
    for (const toSize of [0n, 19n]) {
      const error = ["KeyEndsTooEarly", 20n, toSize];
      await auditLog.refuses(error, owner, "setSigner", logId, signer, toSize);
    }
    await auditLog.anchor(logId, tree, 0, 40);
    await auditLog.refuses(["KeyEndsTooEarly", 40n, 39n], owner, "setSigner", logId, signer, 39n);
    await auditLog.send(owner, "setSigner", logId, signer, 40n);
  });

  it("a signer leaves a size for the next one", async () => {
    await auditLog.refuses(["KeyEndsTooLate", MAX], owner, "setSigner", logId, next, MAX);
    await auditLog.send(owner, "setSigner", logId, next, MAX - 1n);
    assert.deepEqual((await signers()).at(-1), [next, MAX]);
    await auditLog.refuses(["KeyEndsTooLate", MAX], owner, "setSigner", logId, signer, MAX);
    const early = ["KeyEndsTooEarly", MAX, MAX - 1n];
    await auditLog.refuses(early, owner, "setSigner", logId, signer, MAX - 1n);
  });

  it("a signer is not zero", async () => {
    const error = ["ZeroKey", getAddress(publisher), zeroAddress];
    await auditLog.refuses(error, owner, "setSigner", logId, zeroAddress, 7n);
  });

  it("only the owner appoints a signer", () => isTheOwners("setSigner", next, 7n));

  it("the Ed25519 key is on record, and nothing else", async () => {
    const keyHash = hex(sha256("key"));
    const before = await auditLog.call(owner, "logOf", logId);
    for (const fromSize of [0n, 17n, MAX]) {
      const { events } = await auditLog.send(owner, "setLogKey", logId, keyHash, fromSize);
      assert.deepEqual(events, [keySet(logId, LOG_KEY, keyHash, fromSize)]);
    }
    assert.deepEqual(await auditLog.call(owner, "logOf", logId), before);
    assert.deepEqual(await signers(), [[getAddress(signer), 0n]]);
  });

  it("only the owner puts an Ed25519 key on record", () =>
    isTheOwners("setLogKey", hex(sha256("key")), 0n));

  it("keys of one log are not those of another", async () => {
    const other = await auditLog.register(`audit.example.org/logs/other-${count}`);
    await auditLog.send(owner, "setSigner", logId, next, 7n);
    await auditLog.send(owner, "setPublisher", logId, next);
    const keys = [owner, publisher, signer].map((account) => getAddress(account));
    assert.deepEqual((await auditLog.call(owner, "logOf", other)).slice(0, 3), keys);
  });
});
