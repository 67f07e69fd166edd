import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

import { getAddress, zeroAddress, zeroHash } from "viem";

import { AuditLog, owner, publisher, signer, stranger } from "./support/audit_log.js";
import { hex, leafHash, sha256, Tree } from "./support/tree.js";

const MAX = 2n ** 64n - 1n;
const unknown = hex(sha256("unknown"));
const tree = new Tree(Array.from({ length: 40 }, (_, i) => leafHash(sha256(`entry-${i}`))));

describe("close", () => {
  let auditLog;
  let logId;
  let successor;
  let count = 0;

  before(async () => {
    auditLog = await AuditLog.deploy();
  });

  beforeEach(async () => {
    count += 1;
    logId = await auditLog.register(`audit.example.org/logs/${count}`);
    successor = await auditLog.register(`audit.example.org/logs/${count}-next`);
  });

  const close = (finalSize, next = zeroHash) =>
    auditLog.send(owner, "close", logId, BigInt(finalSize), next);
  const refusesToAnchor = (oldSize, newSize, finalSize) =>
    auditLog.refuses(
      ["FinalSize", BigInt(finalSize), BigInt(newSize)],
      publisher, "anchor", logId, BigInt(oldSize), BigInt(newSize), tree.root(newSize),
      tree.consistency(oldSize, newSize),
    );

  it("how a log ended is on record", async () => {
    const open = { finalSize: 0n, successor: zeroHash, blockNumber: 0n };
    assert.deepEqual(await auditLog.call(stranger, "closingOf", logId), open);
    await auditLog.anchor(logId, tree, 0, 8);
    const { blockNumber, events } = await close(13, successor);
    const args = { logId, finalSize: 13n, successor };
    assert.deepEqual(events, [{ eventName: "LogClosed", args }]);
    const closing = { finalSize: 13n, successor, blockNumber: BigInt(blockNumber) };
    assert.deepEqual(await auditLog.call(stranger, "closingOf", logId), closing);
    const head = await auditLog.call(stranger, "latest", logId);
    assert.deepEqual(head.slice(0, 2), [8n, hex(tree.root(8))]);
  });

  it("a log that has ended is anchored up to its final size, and no further", async () => {
    await auditLog.anchor(logId, tree, 0, 8);
    await close(13);
    await refusesToAnchor(8, 14, 13);
    await refusesToAnchor(8, 40, 13);
    await auditLog.anchor(logId, tree, 8, 11);
    await auditLog.anchor(logId, tree, 11, 13);
    await refusesToAnchor(13, 14, 13);
  });

  it("a log without entries can end", async () => {
    await close(0);
    const call = ["anchor", logId, 0n, 1n, tree.root(1), []];
    await auditLog.refuses(["FinalSize", 0n, 1n], publisher, ...call);
  });

  it("a log does not end before what is anchored", async () => {
    await auditLog.anchor(logId, tree, 0, 8);
    for (const finalSize of [0n, 7n]) {
      const call = ["close", logId, finalSize, zeroHash];
      await auditLog.refuses(["FinalSize", finalSize, 8n], owner, ...call);
    }
    await close(8);
    await refusesToAnchor(8, 9, 8);
  });

  it("a log ends once", async () => {
    await close(8);
    for (const [finalSize, next] of [[8n, zeroHash], [MAX, successor], [0n, unknown]]) {
      await auditLog.refuses(["AlreadyClosed", logId], owner, "close", logId, finalSize, next);
    }
  });

  it("the successor is another log of this contract, or none", async () => {
    for (const next of [unknown, logId]) {
      await auditLog.refuses(["NotASuccessor", next], owner, "close", logId, 8n, next);
    }
    await close(8, successor);
    await auditLog.anchor(successor, tree, 0, 3);
  });

  it("only the owner ends a log", async () => {
    for (const caller of [publisher, signer, stranger]) {
      const error = ["NotOwner", logId, getAddress(owner), getAddress(caller)];
      await auditLog.refuses(error, caller, "close", logId, 8n, zeroHash);
    }
    const error = ["NotOwner", unknown, zeroAddress, getAddress(owner)];
    await auditLog.refuses(error, owner, "close", unknown, 8n, zeroHash);
  });

  it("keys and owner can still change, the end cannot", async () => {
    await close(8, successor);
    const before = await auditLog.call(owner, "closingOf", logId);
    await auditLog.send(owner, "setPublisher", logId, stranger);
    await auditLog.send(owner, "setSigner", logId, stranger, 8n);
    await auditLog.send(owner, "transferOwner", logId, stranger);
    await auditLog.send(stranger, "acceptOwner", logId);
    await auditLog.refuses(["AlreadyClosed", logId], stranger, "close", logId, MAX, zeroHash);
    assert.deepEqual(await auditLog.call(owner, "closingOf", logId), before);
    const call = ["anchor", logId, 0n, 9n, tree.root(9), []];
    await auditLog.refuses(["FinalSize", 8n, 9n], stranger, ...call);
    await auditLog.send(stranger, "anchor", logId, 0n, 8n, tree.root(8), []);
  });
});
