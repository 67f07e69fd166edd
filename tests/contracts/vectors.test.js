// The vectors of tests/vectors/merkle.json, which the Python core reads too.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, it } from "node:test";

import { AuditLog, owner, publisher } from "./support/audit_log.js";
import { leafHash, Tree } from "./support/tree.js";

const file = new URL("../vectors/merkle.json", import.meta.url);
const vectors = JSON.parse(await readFile(file, "utf8"));
const text = (hashes) => hashes.map((hash) => hash.toString("hex"));
const prefixed = (hash) => `0x${hash}`;
const rootAt = new Map(vectors.roots.map(({ size, root }) => [size, prefixed(root)]));

describe("shared vectors", () => {
  let auditLog;
  let count = 0;

  before(async () => {
    auditLog = await AuditLog.deploy();
  });

  const newLog = () => auditLog.register(`audit.example.org/logs/${(count += 1)}`);
  const anchor = (logId, oldSize, newSize, root, proof) =>
    auditLog.send(publisher, "anchor", logId, BigInt(oldSize), BigInt(newSize), root, proof);

  it("the reference tree of these tests has the known root hashes", () => {
    const largest = Math.max(...rootAt.keys());
    const tree = new Tree(Array.from({ length: largest }, (_, i) => leafHash(`entry-${i}`)));
    for (const { size, root } of vectors.roots) assert.equal(tree.root(size).toString("hex"), root);
    for (const { old_size, new_size, path } of vectors.consistency) {
      assert.deepEqual(text(tree.consistency(old_size, new_size)), path);
    }
    for (const { index, size, path } of vectors.inclusion) {
      assert.deepEqual(text(tree.inclusion(index, size)), path);
    }
  });

  it("consistency proofs are accepted", async () => {
    for (const { old_size, new_size, path } of vectors.consistency) {
      const logId = await newLog();
      await anchor(logId, 0, old_size, rootAt.get(old_size), []);
      const proof = path.map(prefixed);
      const { status } = await anchor(logId, old_size, new_size, rootAt.get(new_size), proof);
      assert.equal(status, "0x1");
    }
  });

  it("inclusion proofs of 32-byte entries are accepted", async () => {
    for (const { index, size, entry, root, path } of vectors.digest_inclusion) {
      const logId = await newLog();
      await anchor(logId, 0, size, prefixed(root), []);
      const args = [logId, BigInt(size), BigInt(index), prefixed(entry), path.map(prefixed)];
      const [included] = await auditLog.call(owner, "verifyInclusion", ...args);
      assert.ok(included);
    }
  });
});
