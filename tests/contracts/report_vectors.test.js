// The vectors of tests/vectors/rules/report.json, which the Python core reads too: what it holds
// for a contradiction marks the log, and what it does not is refused.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, it } from "node:test";

import { artefact, AuditLog, publisher, request, stranger } from "./support/audit_log.js";
import { digestOf } from "./support/signed_head.js";

const read = async (name) =>
  JSON.parse(await readFile(new URL(`../vectors/rules/${name}`, import.meta.url), "utf8"));
const vectors = await read("report.json");
const heads = await read("signed-head.json");
const prefixed = (hash) => `0x${hash}`;

/** The digest of a head by viem, which knows nothing of our code. */
function digest({ origin, size, root, chain_id, contract, log_id }) {
  const head = { logId: log_id, origin, size, root: prefixed(root) };
  return digestOf({ address: contract }, head, { chainId: chain_id });
}

describe("shared vectors of reports", () => {
  const [{ chain_id, contract, owner, origin, signers, anchored }] = vectors;
  const auditLog = new AuditLog(contract);

  before(async () => {
    assert.equal(Number(await request("eth_chainId")), chain_id);
    await request("hardhat_setCode", contract, artefact.deployedBytecode);
    await request("hardhat_impersonateAccount", owner);
    await request("hardhat_setBalance", owner, "0xde0b6b3a7640000");
    const { events } = await auditLog.send(owner, "register", origin, publisher, signers[0][0]);
    const { logId } = events[0].args;
    for (const [signer, fromSize] of signers.slice(1)) {
      await auditLog.send(owner, "setSigner", logId, signer, BigInt(fromSize - 1));
    }
    let oldSize = 0n;
    for (const { size, root, proof } of anchored) {
      const head = [BigInt(size), prefixed(root), proof.map(prefixed)];
      await auditLog.send(publisher, "anchor", logId, oldSize, ...head);
      oldSize = BigInt(size);
    }
  });

  function callOf(vector) {
    const { report, log_id, size, root, signature } = vector;
    const head = [log_id, BigInt(size), prefixed(root), prefixed(signature)];
    if (report === "double_sign") {
      const other = [vector.other_root, vector.other_signature].map(prefixed);
      return ["reportDoubleSign", ...head, ...other];
    }
    const proof = vector.proof.map(prefixed);
    const truth = [prefixed(vector.true_root), proof, BigInt(vector.anchored_size)];
    return ["reportFork", ...head, ...truth];
  }

  it("all are of one log", () => {
    for (const vector of vectors) {
      const setup = [vector.chain_id, vector.contract, vector.owner, vector.origin];
      assert.deepEqual(setup, [chain_id, contract, owner, origin]);
      assert.deepEqual([vector.signers, vector.anchored], [signers, anchored]);
    }
  });

  it("digests of heads are those of EIP-712", () => {
    for (const vector of [...heads, ...vectors]) {
      assert.equal(digest(vector), prefixed(vector.digest), vector.name);
    }
  });

  for (const vector of vectors) {
    it(`${vector.report}, ${vector.name}: ${vector.answer}`, async () => {
      const call = callOf(vector);
      if (!vector.accept) {
        assert.equal((await auditLog.failure(stranger, ...call))[0], vector.answer);
        return;
      }
      const unmarked = await request("evm_snapshot");
      const { events } = await auditLog.send(stranger, ...call);
      assert.equal(events[0].eventName, vector.answer);
      const mark = await auditLog.call(stranger, "markOf", vector.log_id);
      const roots = [vector.root, vector.true_root ?? vector.other_root].map(prefixed);
      assert.deepEqual([mark.size, mark.root, mark.otherRoot], [BigInt(vector.size), ...roots]);
      assert.ok(await request("evm_revert", unmarked));
    });
  }
});
