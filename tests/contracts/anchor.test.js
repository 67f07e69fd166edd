import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

import { getAddress, zeroAddress, zeroHash } from "viem";

import { AuditLog, owner, publisher, request, signer, stranger } from "./support/audit_log.js";
import { hex, leafHash, nodeHash, sha256, Tree, UniformTree } from "./support/tree.js";

const LIMIT = 2 ** 24;
const tree = new Tree(Array.from({ length: 40 }, (_, i) => leafHash(sha256(`entry-${i}`))));
const uniform = new UniformTree(leafHash(sha256("entry")));

/** Every way to bend a proof by one step: a bit of each hash, a hash less, more or out of place. */
function* bent(proof) {
  for (const [i, hash] of proof.entries()) {
    for (const bit of [0, 7, 128, 255]) {
      const flipped = Buffer.from(hash);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      yield proof.with(i, flipped);
    }
    yield proof.toSpliced(i, 1);
    yield proof.toSpliced(i, 0, hash);
    yield proof.toSpliced(i, 0, Buffer.alloc(32));
    yield proof.with(i, Buffer.alloc(32));
    const other = (i + 1) % proof.length;
    if (!proof[other].equals(hash)) yield proof.with(i, proof[other]).with(other, hash);
  }
  yield [...proof, Buffer.alloc(32)];
  yield [...proof, sha256()];
  if (proof.length > 1) yield proof.toReversed();
  if (proof.length > 0) yield [];
}

describe("anchor", () => {
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

  const anchorCall = (oldSize, newSize, root, proof) => [
    publisher, "anchor", logId, BigInt(oldSize), BigInt(newSize), root, proof,
  ];
  const refused = (error, ...args) => auditLog.refuses(error, ...anchorCall(...args));
  const mismatch = (oldSize, newSize) => ["ProofMismatch", logId, BigInt(oldSize), BigInt(newSize)];

  it("every anchored head stays, with the time and number of its block", async () => {
    const heads = [];
    for (const [oldSize, newSize] of [[0, 3], [3, 8], [8, 9], [9, 40]]) {
      const { blockNumber, events } = await auditLog.anchor(logId, tree, oldSize, newSize);
      const root = hex(tree.root(newSize));
      const args = { logId, size: BigInt(newSize), root };
      assert.deepEqual(events, [{ eventName: "HeadAnchored", args }]);
      const { timestamp } = await request("eth_getBlockByNumber", blockNumber, false);
      heads.push([BigInt(newSize), root, BigInt(timestamp), BigInt(blockNumber)]);
      assert.deepEqual(await auditLog.call(stranger, "latest", logId), heads.at(-1));
    }
    for (const [size, ...head] of heads) {
      assert.deepEqual(await auditLog.call(stranger, "headAt", logId, size), head);
    }
    for (const size of [0n, 1n, 4n, 39n, 41n, 2n ** 64n - 1n]) {
      assert.deepEqual(await auditLog.call(stranger, "headAt", logId, size), [zeroHash, 0n, 0n]);
    }
  });

  it("only the publisher anchors, the owner and the signer do not", async () => {
    const [, ...call] = anchorCall(0, 3, tree.root(3), []);
    for (const caller of [owner, signer, stranger]) {
      const error = ["NotPublisher", logId, getAddress(publisher), getAddress(caller)];
      await auditLog.refuses(error, caller, ...call);
    }
  });

  it("nobody anchors to a log that is not registered", async () => {
    const unknown = hex(sha256("unknown"));
    const error = ["NotPublisher", unknown, zeroAddress, getAddress(publisher)];
    await auditLog.refuses(error, publisher, "anchor", unknown, 0n, 3n, tree.root(3), []);
  });

  it("the old size is the anchored one", async () => {
    await refused(["NotAnchoredSize", 0n, 3n], 3, 8, tree.root(8), tree.consistency(3, 8));
    await auditLog.anchor(logId, tree, 0, 3);
    await auditLog.anchor(logId, tree, 3, 8);
    for (const oldSize of [3, 7, 9]) {
      const proof = tree.consistency(oldSize, 20);
      await refused(["NotAnchoredSize", 8n, BigInt(oldSize)], oldSize, 20, tree.root(20), proof);
    }
  });

  it("a log begins once", async () => {
    await auditLog.anchor(logId, tree, 0, 3);
    await refused(["NotAnchoredSize", 3n, 0n], 0, 8, tree.root(8), []);
    await refused(["NotAnchoredSize", 3n, 0n], 0, 3, tree.root(3), []);
  });

  it("a new head is larger than the old one", async () => {
    await refused(["GrowthOutOfRange", 0n, 0n], 0, 0, tree.root(0), []);
    await auditLog.anchor(logId, tree, 0, 8);
    await refused(["GrowthOutOfRange", 8n, 8n], 8, 8, tree.root(8), []);
    await refused(["GrowthOutOfRange", 8n, 7n], 8, 7, tree.root(7), []);
    await refused(["GrowthOutOfRange", 8n, 0n], 8, 0, tree.root(0), []);
  });

  it("a head grows by at most 2^24", async () => {
    const root = uniform.root(LIMIT + 1);
    await refused(["GrowthOutOfRange", 0n, BigInt(LIMIT + 1)], 0, LIMIT + 1, root, []);
    await refused(["GrowthOutOfRange", 0n, 2n ** 64n - 1n], 0, 2n ** 64n - 1n, root, []);
    const { status } = await auditLog.anchor(logId, uniform, 0, LIMIT);
    assert.equal(status, "0x1");
    const tooLarge = 2 * LIMIT + 1;
    const proof = uniform.consistency(LIMIT, tooLarge);
    const error = ["GrowthOutOfRange", BigInt(LIMIT), BigInt(tooLarge)];
    await refused(error, LIMIT, tooLarge, uniform.root(tooLarge), proof);
    assert.equal((await auditLog.anchor(logId, uniform, LIMIT, 2 * LIMIT)).status, "0x1");
  });

  it("the first head takes no proof", async () => {
    for (const proof of [[tree.root(4)], [tree.root(8)], [Buffer.alloc(32)]]) {
      await refused(mismatch(0, 8), 0, 8, tree.root(8), proof);
    }
  });

  it("a proof of more than 63 hashes is refused by its length", async () => {
    await auditLog.anchor(logId, tree, 0, 3);
    const long = Array.from({ length: 64 }, () => sha256());
    await refused(["ProofLength", 64n, 63n], 3, 8, tree.root(8), long);
    await refused(mismatch(3, 8), 3, 8, tree.root(8), long.slice(1));
  });

  it("every bent proof, root hash and size is refused", async () => {
    let oldSize = 0;
    for (const newSize of [1, 2, 5, 6, 8, 13, 14, 16, 23, 40]) {
      if (oldSize > 0) await refusesAllBent(oldSize, newSize);
      const { status } = await auditLog.anchor(logId, tree, oldSize, newSize);
      assert.equal(status, "0x1");
      oldSize = newSize;
    }
  });

  async function refusesAllBent(oldSize, newSize) {
    const [root, proof] = [tree.root(newSize), tree.consistency(oldSize, newSize)];
    for (const each of bent(proof)) {
      await refused(mismatch(oldSize, newSize), oldSize, newSize, root, each);
    }
    const wrongRoots = [tree.root(oldSize), nodeHash(root, root), Buffer.alloc(32), sha256()];
    for (const each of wrongRoots) {
      await refused(mismatch(oldSize, newSize), oldSize, newSize, each, proof);
    }
    for (let other = oldSize + 1; other <= 40; other++) {
      if (other === newSize) continue;
      await refused(mismatch(oldSize, other), oldSize, other, tree.root(other), proof);
    }
  }

  it("a root hash is refused at the size of a higher or lower tree", async () => {
    await auditLog.anchor(logId, tree, 0, 5);
    const [root, proof] = [tree.root(12), tree.consistency(5, 12)];
    for (const size of [6, 8, 17, 40, 12 + LIMIT / 2]) {
      await refused(mismatch(5, size), 5, size, root, proof);
    }
  });

  it("a rewritten entry is refused, wherever it stands", async () => {
    await auditLog.anchor(logId, tree, 0, 21);
    for (let index = 0; index < 21; index++) {
      const leaves = Array.from({ length: 40 }, (_, i) => tree.root(i + 1, i));
      leaves[index] = leafHash(sha256("rewritten"));
      const other = new Tree(leaves);
      await refused(mismatch(21, 40), 21, 40, other.root(40), other.consistency(21, 40));
    }
  });

  it("logs do not touch each other", async () => {
    const other = await auditLog.register("audit.example.org/logs/other");
    await auditLog.anchor(logId, tree, 0, 8);
    assert.deepEqual(await auditLog.call(owner, "latest", other), [0n, zeroHash, 0n, 0n]);
    assert.deepEqual(await auditLog.call(owner, "headAt", other, 8n), [zeroHash, 0n, 0n]);
  });
});
