import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

import { concat, pad, recoverAddress, toHex, zeroAddress, zeroHash } from "viem";

import { AuditLog, owner, publisher, stranger } from "./support/audit_log.js";
import { bentSignatures, digestOf, headSigner, signHead } from "./support/signed_head.js";
import { hex, leafHash, sha256, Tree } from "./support/tree.js";

const SIZES = [1, 2, 3, 4, 7, 8, 12, 16, 23];
const LAST = SIZES.at(-1);
const MAX = 2n ** 64n - 1n;
const leaves = Array.from({ length: 64 }, (_, i) => leafHash(sha256(`entry-${i}`)));
const tree = new Tree(leaves);
const other = new Tree(leaves.with(0, leafHash(sha256("another past"))));
const [first, second, third] = ["first", "second", "third"].map(headSigner);
const foreign = headSigner("of no log");

describe("signed heads that contradict the anchored history", () => {
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

  async function anchorAll(sizes = SIZES) {
    let anchored = 0;
    for (const size of sizes) {
      await auditLog.anchor(logId, tree, anchored, size);
      anchored = size;
    }
  }

  const head = (size, root) => ({ logId, origin, size, root });
  const signed = (key, size, root) => signHead(auditLog, key, head(size, root));
  const path = (size, anchoredSize) =>
    size >= anchoredSize ? [] : tree.consistency(size, anchoredSize);

  /** A report of a head of `size` leaves of the other past, with what the caller bends of it. */
  async function report(size, anchoredSize, bend = {}) {
    const { key = first, root = other.root(size), ...rest } = bend;
    const made = {
      signature: await signed(key, size, root),
      trueRoot: tree.root(size),
      proof: path(size, anchoredSize),
      ...rest,
    };
    const { signature, trueRoot, proof } = made;
    const sizes = [BigInt(size), BigInt(anchoredSize)];
    return ["reportFork", logId, sizes[0], root, signature, trueRoot, proof, sizes[1]];
  }

  const accepts = async (call) => {
    await auditLog.call(stranger, ...call);
  };
  const refuses = (error, call) => auditLog.refuses(error, stranger, ...call);
  const markOf = () => auditLog.call(stranger, "markOf", logId);
  const isUnmarked = async () => assert.equal((await markOf()).blockNumber, 0n);
  const notASigner = (size, account = zeroAddress) =>
    ["NotASigner", logId, BigInt(size), account];

  it("anybody marks a log by a signed head and the anchored history", async () => {
    await anchorAll();
    const call = await report(12, 23);
    const { blockNumber, events } = await auditLog.send(stranger, ...call);
    const [root, otherRoot] = [hex(other.root(12)), hex(tree.root(12))];
    const args = { logId, signer: first.address, size: 12n, root, otherRoot };
    assert.deepEqual(events, [{ eventName: "LogMarked", args }]);
    const mark = { signer: first.address, size: 12n, root, otherRoot };
    assert.deepEqual(await markOf(), { ...mark, blockNumber: BigInt(blockNumber) });
  });

  it("a forked head is shown against every anchored head that is not smaller", async () => {
    await anchorAll();
    for (const anchoredSize of SIZES) {
      for (let size = 1; size <= anchoredSize; size++) {
        await accepts(await report(size, anchoredSize));
      }
    }
  });

  it("true heads mark nothing, of any size", async () => {
    await anchorAll();
    for (const anchoredSize of SIZES) {
      for (let size = 1; size <= anchoredSize; size++) {
        const root = tree.root(size);
        await refuses(["SameRoot", hex(root)], await report(size, anchoredSize, { root }));
      }
    }
  });

  it("the true root hash is proven, not claimed", async () => {
    await anchorAll();
    for (const anchoredSize of SIZES) {
      for (let size = 1; size <= anchoredSize; size++) {
        const error = ["ProofMismatch", logId, BigInt(size), BigInt(anchoredSize)];
        const claims = [other.root(size), Buffer.alloc(32), tree.root((size % anchoredSize) + 1)];
        for (const trueRoot of claims) {
          if (trueRoot.equals(tree.root(size))) continue;
          const root = tree.root(size);
          await refuses(error, await report(size, anchoredSize, { root, trueRoot }));
        }
        const proof = path(size, anchoredSize);
        const bent = [[...proof, tree.root(size)], [tree.root(size), ...proof]];
        if (proof.length > 0) bent.push([], proof.toSpliced(-1), proof.with(-1, sha256()));
        for (const each of bent) {
          await refuses(error, await report(size, anchoredSize, { proof: each }));
        }
      }
    }
  });

  it("a proof of another past is refused", async () => {
    await anchorAll();
    const root = tree.root(12);
    const lie = { root, trueRoot: other.root(12), proof: other.consistency(12, 23) };
    await refuses(["ProofMismatch", logId, 12n, 23n], await report(12, 23, lie));
  });

  it("a proof of more than 63 hashes is refused by its length", async () => {
    await anchorAll();
    const long = Array.from({ length: 64 }, () => sha256());
    await refuses(["ProofLength", 64n, 63n], await report(12, 23, { proof: long }));
    const error = ["ProofMismatch", logId, 12n, 23n];
    await refuses(error, await report(12, 23, { proof: long.slice(1) }));
  });

  it("a head of no leaves is no proof of a fork", async () => {
    await anchorAll();
    const nothing = await report(1, 23, { root: other.root(1) });
    const call = nothing.with(2, 0n).with(4, await signed(first, 0, other.root(1)));
    for (const proof of [[], tree.consistency(1, 23)]) {
      await refuses(["SizeOutOfRange", 0n, 23n], call.with(6, proof));
    }
  });

  it("a head larger than the anchored one is no proof of a fork", async () => {
    await anchorAll([8]);
    for (const size of [9, 16, 64]) {
      const error = ["SizeOutOfRange", BigInt(size), 8n];
      await refuses(error, await report(size, 8, { proof: [] }));
    }
    const call = (await report(9, 8, { proof: [] })).with(2, MAX);
    await refuses(["SizeOutOfRange", MAX, 8n], call);
  });

  it("only anchored heads are history", async () => {
    await refuses(["NotAnchored", logId, 0n], await report(1, 0, { proof: [] }));
    await anchorAll([8, 23]);
    for (const size of [1, 7, 9, 22, 24]) {
      await refuses(["NotAnchored", logId, BigInt(size)], await report(1, size));
    }
    const call = await report(8, 23);
    const unknown = hex(sha256("unknown"));
    await refuses(["NotAnchored", unknown, 23n], call.with(1, unknown));
    await refuses(["NotAnchored", logId, MAX], call.with(7, MAX));
  });

  it("what is no signature by the log's signer is refused", async () => {
    await anchorAll();
    const signature = await signed(first, 12, other.root(12));
    for (const [name, bent] of Object.entries(bentSignatures(signature))) {
      const call = await report(12, 23, { signature: bent });
      const failure = await auditLog.failure(stranger, ...call);
      assert.equal(failure[0], "NotASigner", name);
      assert.notEqual(failure[3], first.address, name);
      if (name !== "the other v") assert.equal(failure[3], zeroAddress, name);
    }
    const call = await report(12, 23, { key: foreign });
    await refuses(notASigner(12, foreign.address), call);
  });

  it("half the order of the curve is the highest s", async () => {
    const half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
    const r = pad("0x1", { size: 32 });
    for (const s of [half - 1n, half, half + 1n]) {
      // Any r and s are a signature by somebody: a log of that somebody is registered.
      origin = `audit.example.org/logs/${count}-${s}`;
      logId = await auditLog.call(owner, "register", origin, publisher, first.address);
      const hash = digestOf(auditLog, head(12, other.root(12)));
      const signature = concat([r, toHex(s, { size: 32 }), "0x1b"]);
      const signer = await recoverAddress({ hash, signature });
      await auditLog.register(origin, signer);
      await anchorAll();
      const call = await report(12, 23, { signature });
      if (s <= half) await accepts(call);
      else await refuses(notASigner(12), call);
    }
  });

  it("a signature over anything else than this head is not the signer's", async () => {
    await anchorAll();
    const root = other.root(12);
    const good = head(12, root);
    const twin = await auditLog.register(`${origin}-twin`, first.address);
    const elsewhere = [
      [{ ...good, size: 11 }],
      [{ ...good, root: other.root(11) }],
      [{ ...good, logId: twin }],
      [{ ...good, origin: `${origin}-twin` }],
      [good, { chainId: 1 }],
      [good, { verifyingContract: publisher }],
      [good, { name: "AuditLog2" }],
      [good, { version: "2" }],
    ];
    for (const [value, domain] of elsewhere) {
      const signature = await signHead(auditLog, first, value, domain);
      const failure = await auditLog.failure(stranger, ...(await report(12, 23, { signature })));
      assert.equal(failure[0], "NotASigner");
      assert.notEqual(failure[3], first.address);
    }
  });

  it("each signer counts for the sizes of its range, for ever", async () => {
    await auditLog.send(owner, "setSigner", logId, second.address, 7n);
    await auditLog.send(owner, "setSigner", logId, third.address, 12n);
    await anchorAll();
    const of = (size) => (size <= 7 ? first : size <= 12 ? second : third);
    for (let size = 1; size <= LAST; size++) {
      await accepts(await report(size, LAST, { key: of(size) }));
      for (const key of [first, second, third].filter((each) => each !== of(size))) {
        await refuses(notASigner(size, key.address), await report(size, LAST, { key }));
      }
    }
  });

  it("one signer of very many is found", async () => {
    const keys = Array.from({ length: 13 }, (_, i) => headSigner(`key ${i}`));
    for (const [i, key] of keys.entries()) {
      await auditLog.send(owner, "setSigner", logId, key.address, BigInt(i));
    }
    await anchorAll();
    for (const [i, key] of keys.entries()) await accepts(await report(i + 1, LAST, { key }));
    for (let size = 14; size <= LAST; size++) {
      await accepts(await report(size, LAST, { key: keys.at(-1) }));
    }
  });

  it("only the first mark is kept", async () => {
    await anchorAll();
    await auditLog.send(stranger, ...(await report(12, 23)));
    const mark = await markOf();
    for (const size of [3, 12]) {
      await refuses(["AlreadyMarked", logId], await report(size, 23));
    }
    assert.deepEqual(await markOf(), mark);
  });

  it("a mark stays through all that an owner and a publisher can do", async () => {
    await anchorAll();
    await auditLog.send(stranger, ...(await report(12, 23)));
    const mark = await markOf();
    await auditLog.send(owner, "setSigner", logId, second.address, 23n);
    await auditLog.send(owner, "setPublisher", logId, stranger);
    await auditLog.send(owner, "setLogKey", logId, zeroHash, 0n);
    const proof = tree.consistency(23, 64);
    await auditLog.send(stranger, "anchor", logId, 23n, 64n, tree.root(64), proof);
    await auditLog.send(owner, "close", logId, 64n, zeroHash);
    await auditLog.send(owner, "transferOwner", logId, stranger);
    await auditLog.send(stranger, "acceptOwner", logId);
    assert.deepEqual(await markOf(), mark);
  });

  it("a log is marked after rotation, hand-over and its end too", async () => {
    await anchorAll();
    const call = await report(12, 23);
    await auditLog.send(owner, "setSigner", logId, second.address, 23n);
    await auditLog.send(owner, "close", logId, 23n, zeroHash);
    await auditLog.send(owner, "transferOwner", logId, stranger);
    await auditLog.send(stranger, "acceptOwner", logId);
    await isUnmarked();
    await auditLog.send(stranger, ...call);
    assert.equal((await markOf()).signer, first.address);
  });

  it("a mark touches no other log, and stops no anchoring", async () => {
    const marked = logId;
    await anchorAll([8]);
    await auditLog.send(stranger, ...(await report(8, 8)));
    await auditLog.anchor(marked, tree, 8, 9);
    logId = await auditLog.register(`${origin}-other`, first.address);
    await isUnmarked();
  });
});
