import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { AuditLog, encode, owner, request, stranger } from "./support/audit_log.js";
import { hex, leafHash, nodeHash, sha256, Tree } from "./support/tree.js";

const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17];
const NO = [false, 0n, 0n];
const entry = (i) => sha256(`entry-${i}`);
const tree = new Tree(Array.from({ length: 17 }, (_, i) => leafHash(entry(i))));

describe("verifyInclusion", () => {
  let auditLog;
  let logId;
  const since = new Map();

  before(async () => {
    auditLog = await AuditLog.deploy();
    logId = await auditLog.register("audit.example.org/logs/inclusion");
    let anchored = 0;
    for (const size of SIZES) {
      const { blockNumber } = await auditLog.anchor(logId, tree, anchored, size);
      const { timestamp } = await request("eth_getBlockByNumber", blockNumber, false);
      since.set(size, [true, BigInt(timestamp), BigInt(blockNumber)]);
      anchored = size;
    }
  });

  const ask = (size, index, value, proof, id = logId) =>
    auditLog.call(stranger, "verifyInclusion", id, BigInt(size), BigInt(index), value, proof);

  it("every entry is in every anchored head, since the block of that head", async () => {
    for (const size of SIZES) {
      for (let index = 0; index < size; index++) {
        const proof = tree.inclusion(index, size);
        assert.deepEqual(await ask(size, index, entry(index), proof), since.get(size));
      }
    }
  });

  it("another entry, index or size is not included", async () => {
    for (const size of [1, 2, 5, 8, 17]) {
      for (let index = 0; index < size; index++) {
        const proof = tree.inclusion(index, size);
        assert.deepEqual(await ask(size, index, entry(size), proof), NO);
        for (let other = 0; other <= size; other++) {
          if (other !== index) assert.deepEqual(await ask(size, other, entry(index), proof), NO);
        }
        for (const other of SIZES) {
          if (other !== size) assert.deepEqual(await ask(other, index, entry(index), proof), NO);
        }
      }
    }
  });

  it("a proof with a hash bent, missing, added or out of place is not accepted", async () => {
    for (const [index, size] of [[0, 2], [2, 5], [4, 5], [6, 7], [3, 8], [11, 17], [16, 17]]) {
      const proof = tree.inclusion(index, size);
      const bent = [[], [...proof, sha256()], [sha256(), ...proof], [...proof, Buffer.alloc(32)]];
      for (const [i, hash] of proof.entries()) {
        const flipped = Buffer.from(hash);
        flipped[i] ^= 0x80;
        bent.push(proof.with(i, flipped), proof.toSpliced(i, 1), proof.toSpliced(i, 0, hash));
      }
      if (proof.length > 1) bent.push(proof.toReversed());
      for (const each of bent) assert.deepEqual(await ask(size, index, entry(index), each), NO);
    }
  });

  it("an inner node does not pass for an entry", async () => {
    const inner = nodeHash(leafHash(entry(0)), leafHash(entry(1)));
    const proof = tree.inclusion(0, 4).slice(1);
    assert.deepEqual(await ask(4, 0, inner, proof), NO);
    assert.deepEqual(await ask(2, 0, inner, []), NO);
    assert.deepEqual(await ask(1, 0, leafHash(entry(0)), []), NO);
  });

  it("what was never anchored answers no, and does not revert", async () => {
    const proof = tree.inclusion(0, 6);
    assert.deepEqual(await ask(6, 0, entry(0), proof), NO);
    assert.deepEqual(await ask(0, 0, entry(0), []), NO);
    assert.deepEqual(await ask(2n ** 64n - 1n, 2n ** 64n - 2n, entry(0), []), NO);
    assert.deepEqual(await ask(1, 0, entry(0), [], hex(sha256("unknown"))), NO);
  });

  it("a proof of any length is answered", async () => {
    const long = Array.from({ length: 300 }, () => sha256());
    assert.deepEqual(await ask(17, 0, entry(0), long), NO);
    assert.deepEqual(await ask(17, 2n ** 64n - 1n, entry(0), long), NO);
  });

  it("too little gas is an error, and never a no", async () => {
    const args = [logId, 17n, 3n, entry(3), tree.inclusion(3, 17)];
    const tx = { from: stranger, to: auditLog.address, data: encode("verifyInclusion", args) };
    const answers = [];
    // In small steps where it runs out; far beyond, since counting branches costs gas of its own.
    for (let gas = 26_000; gas < 2_000_000; gas += gas < 42_000 ? 53 : 100_000) {
      const call = request("eth_call", { ...tx, gas: `0x${gas.toString(16)}` }, "latest");
      answers.push(await call.then((data) => BigInt(data.slice(0, 66)), () => "error"));
    }
    assert.deepEqual(new Set(answers), new Set(["error", 1n]));
    assert.deepEqual(answers, answers.toSorted((a, b) => (a === b ? 0 : a === "error" ? -1 : 1)));
  });

  it("a first root hash of zero includes nothing", async () => {
    const zero = await auditLog.register("audit.example.org/logs/zero");
    await auditLog.anchor(zero, { root: () => Buffer.alloc(32) }, 0, 1);
    const [, , blockNumber] = await auditLog.call(owner, "headAt", zero, 1n);
    assert.notEqual(blockNumber, 0n);
    assert.deepEqual(await ask(1, 0, Buffer.alloc(32), [], zero), NO);
  });
});
