// Gas and code against the committed snapshots. To write them anew: npm run snapshots
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { before, describe, it } from "node:test";

import { keccak256, size as bytesOf, zeroHash } from "viem";

import { artefact, AuditLog, encode, owner, publisher } from "./support/audit_log.js";
import { request, stranger } from "./support/audit_log.js";
import { headSigner, signHead } from "./support/signed_head.js";
import { hex, leafHash, sha256, UniformTree } from "./support/tree.js";

const BATCH = 100;
// Twelve sizes in [2^20, 2^21): 2^20 plus the first 20 bits of SHA-256("size 0"), "size 1" and on.
const SIZES = [
  1309948, 1069153, 1520706, 1462374, 1341190, 1245382, 1692303, 2034468, 1942463, 1790968, 1958549,
  1574767,
];
const STEP = 2 ** 24;
const ENTRY = sha256("entry");

/** The snapshot of that name, or `measured` itself once it is written. */
async function snapshot(name, measured) {
  const file = new URL(`./snapshots/${name}.json`, import.meta.url);
  if (process.env.LIUHEN_WRITE_SNAPSHOTS === "1") {
    await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`);
  }
  return JSON.parse(await readFile(file, "utf8"));
}

describe("snapshots", () => {
  const tree = new UniformTree(leafHash(ENTRY));
  let auditLog;

  before(async () => {
    auditLog = await AuditLog.deploy();
  });

  async function gasOfAnchor(oldSize) {
    const logId = await auditLog.register(`size ${oldSize}`);
    await auditLog.anchor(logId, tree, 0, oldSize);
    const { gas, status } = await auditLog.anchor(logId, tree, oldSize, oldSize + BATCH);
    assert.equal(status, "0x1");
    return { size: oldSize, hashes: tree.consistency(oldSize, oldSize + BATCH).length, gas };
  }

  /** Gas of the code alone: what a tx pays for being sent does not fall on a call. */
  async function executionGas(...args) {
    const tx = { from: owner, to: auditLog.address, data: encode("verifyInclusion", args) };
    const { failed, structLogs } = await request("debug_traceCall", tx, "latest", {});
    assert.equal(failed, false);
    const last = structLogs.at(-1);
    return Number(structLogs[0].gas) - Number(last.gas) + Number(last.gasCost);
  }

  it("an anchor, its proof checked and its head stored, costs at most 99,000 gas", async () => {
    const anchors = [];
    for (const oldSize of SIZES) anchors.push(await gasOfAnchor(oldSize));
    const mean = Math.round(anchors.reduce((sum, { gas }) => sum + gas, 0) / anchors.length);
    const measured = { batch: BATCH, mean, anchors };
    assert.deepEqual(measured, await snapshot("anchor-gas", measured));
    assert.ok(mean <= 99_000, `mean ${mean}`);
  });

  it("an inclusion proof of 30 hashes costs at most 26,000 execution gas", async () => {
    const logId = await auditLog.register("a log of 2^30 entries");
    for (let each = 0; each < 2 ** 30; each += STEP) {
      await auditLog.anchor(logId, tree, each, each + STEP);
    }
    const index = 0x2a5c_3e19;
    const proof = tree.inclusion(index, 2 ** 30);
    const args = [logId, BigInt(2 ** 30), BigInt(index), ENTRY, proof];
    const [included] = await auditLog.call(owner, "verifyInclusion", ...args);
    assert.ok(included);
    const measured = { size: 2 ** 30, hashes: proof.length, gas: await executionGas(...args) };
    assert.deepEqual(measured, await snapshot("inclusion-gas", measured));
    assert.equal(proof.length, 30);
    assert.ok(measured.gas <= 26_000, `gas ${measured.gas}`);
  });

  it("what an owner and a reporter pay is the committed gas", async () => {
    // At an address of its own: signatures hold it, and a zero byte of theirs costs less.
    const auditLog = new AuditLog(`0x${"c3".repeat(20)}`);
    await request("hardhat_setCode", auditLog.address, artefact.deployedBytecode);
    const origin = "audit.example.org/logs/procurement";
    const signer = headSigner("signer");
    const registered = await auditLog.send(owner, "register", origin, publisher, signer.address);
    const { logId } = registered.events[0].args;
    const [size, anchoredSize] = [SIZES[0], SIZES[0] + BATCH];
    await auditLog.anchor(logId, tree, 0, anchoredSize);
    const [trueRoot, proof] = [tree.root(size), tree.consistency(size, anchoredSize)];
    const root = sha256("another history");
    const signed = (each) => signHead(auditLog, signer, { logId, origin, size, root: each });
    const [signature, otherSignature] = [await signed(root), await signed(trueRoot)];
    const gasOf = async (from, ...call) => (await auditLog.send(from, ...call)).gas;
    const setSigner = [logId, headSigner("next").address, BigInt(anchoredSize)];
    const fork = [logId, BigInt(size), root, signature, trueRoot, proof, BigInt(anchoredSize)];
    const doubleSign = [logId, BigInt(size), root, signature, trueRoot, otherSignature];
    const unmarked = await request("evm_snapshot");
    const measured = { register: registered.gas };
    measured.setSigner = await gasOf(owner, "setSigner", ...setSigner);
    measured.reportFork = await gasOf(stranger, "reportFork", ...fork);
    assert.ok(await request("evm_revert", unmarked));
    measured.reportDoubleSign = await gasOf(stranger, "reportDoubleSign", ...doubleSign);
    measured.close = await gasOf(owner, "close", logId, BigInt(anchoredSize), zeroHash);
    assert.deepEqual(measured, await snapshot("owner-and-reporter-gas", measured));
  });

  it("initcode and code size are the committed ones", async () => {
    const measured = {
      initcode_keccak256: keccak256(artefact.bytecode),
      initcode_bytes: bytesOf(artefact.bytecode),
      runtime_bytes: bytesOf(artefact.deployedBytecode),
    };
    assert.deepEqual(measured, await snapshot("code", measured));
  });
});
