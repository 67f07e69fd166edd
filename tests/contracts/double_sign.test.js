import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

import { zeroAddress } from "viem";

import { AuditLog, owner, stranger } from "./support/audit_log.js";
import { bentSignatures, headSigner, signHead } from "./support/signed_head.js";
import { hex, leafHash, sha256, Tree } from "./support/tree.js";

const MAX = 2n ** 64n - 1n;
const [A, B] = [hex(sha256("A")), hex(sha256("B"))];
const tree = new Tree(Array.from({ length: 8 }, (_, i) => leafHash(sha256(`entry-${i}`))));
const [first, second, foreign] = ["first", "second", "of no log"].map(headSigner);

describe("two heads signed for one size", () => {
  let auditLog;
  let logId;
  let origin;
  let count = 0;

  before(async () => {
    auditLog = await AuditLog.deploy();
  });

  beforeEach(async () => {
    count += 1;
    origin = `audit.example.org/logs/${count}`;
    logId = await auditLog.register(origin, first.address);
  });

  const signed = (size, root, key = first) =>
    signHead(auditLog, key, { logId, origin, size, root });
  const report = (size, rootA, signatureA, rootB, signatureB) =>
    ["reportDoubleSign", logId, BigInt(size), rootA, signatureA, rootB, signatureB];
  const pair = async (size, key = first) =>
    report(size, A, await signed(size, A, key), B, await signed(size, B, key));
  const refuses = (error, call) => auditLog.refuses(error, stranger, ...call);

  it("anybody marks a log by them, before anything is anchored", async () => {
    const { blockNumber, events } = await auditLog.send(stranger, ...(await pair(9)));
    const args = { logId, signer: first.address, size: 9n, root: A, otherRoot: B };
    assert.deepEqual(events, [{ eventName: "LogMarked", args }]);
    const { logId: _, ...mark } = { ...args, blockNumber: BigInt(blockNumber) };
    assert.deepEqual(await auditLog.call(stranger, "markOf", logId), mark);
    await refuses(["AlreadyMarked", logId], await pair(9));
  });

  it("any size will do, anchored or not", async () => {
    await auditLog.anchor(logId, tree, 0, 8);
    for (const size of [0n, 1n, 8n, 9n, MAX]) {
      await auditLog.call(stranger, ...(await pair(size)));
    }
  });

  it("one head twice is no contradiction", async () => {
    const signature = await signed(9, A);
    await refuses(["SameRoot", A], report(9, A, signature, A, signature));
  });

  it("heads of two sizes are no contradiction", async () => {
    const call = report(9, A, await signed(9, A), B, await signed(10, B));
    const failure = await auditLog.failure(stranger, ...call);
    assert.deepEqual(failure.slice(0, 3), ["NotASigner", logId, 9n]);
    assert.notEqual(failure[3], first.address);
  });

  it("both are by the signer for that size", async () => {
    await auditLog.send(owner, "setSigner", logId, second.address, 9n);
    const by = (size, key) => ["NotASigner", logId, BigInt(size), key.address];
    await auditLog.call(stranger, ...(await pair(9, first)));
    await auditLog.call(stranger, ...(await pair(10, second)));
    await refuses(by(9, second), await pair(9, second));
    await refuses(by(10, first), await pair(10, first));
    const mixed = report(9, A, await signed(9, A), B, await signed(9, B, second));
    await refuses(by(9, second), mixed);
    const turned = report(9, A, await signed(9, A, foreign), B, await signed(9, B));
    await refuses(by(9, foreign), turned);
  });

  it("neither may be bent", async () => {
    const [a, b] = [await signed(9, A), await signed(9, B)];
    const [bentA, bentB] = [a, b].map((each) => Object.values(bentSignatures(each)));
    for (const [i, bent] of bentA.entries()) {
      for (const call of [report(9, A, bent, B, b), report(9, A, a, B, bentB[i])]) {
        const failure = await auditLog.failure(stranger, ...call);
        assert.equal(failure[0], "NotASigner");
        assert.notEqual(failure[3], first.address);
      }
    }
  });

  it("a log that is not known has no signers", async () => {
    const unknown = hex(sha256("unknown"));
    const [nothing, zero] = [Buffer.alloc(0), Buffer.alloc(65)];
    for (const signature of [nothing, zero]) {
      const call = ["reportDoubleSign", unknown, 9n, A, signature, B, signature];
      await refuses(["NotASigner", unknown, 9n, zeroAddress], call);
    }
    const head = { logId: unknown, origin, size: 9 };
    const [a, b] = [A, B].map((root) => signHead(auditLog, first, { ...head, root }));
    const call = ["reportDoubleSign", unknown, 9n, A, await a, B, await b];
    assert.equal((await auditLog.failure(stranger, ...call))[0], "NotASigner");
  });
});
