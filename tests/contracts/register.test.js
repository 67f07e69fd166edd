import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { encodeAbiParameters, getAddress, keccak256, pad, stringToBytes } from "viem";
import { zeroAddress, zeroHash } from "viem";

import { AuditLog, owner, publisher, signer, stranger } from "./support/audit_log.js";

const ORIGIN = "audit.example.org/logs/procurement";
const logIdOf = (account, origin) =>
  keccak256(encodeAbiParameters([{ type: "address" }, { type: "string" }], [account, origin]));

describe("register", () => {
  let auditLog;

  before(async () => {
    auditLog = await AuditLog.deploy();
  });

  it("a log is registered with its keys, and events say so", async () => {
    const logId = logIdOf(owner, ORIGIN);
    const { events, status } = await auditLog.send(owner, "register", ORIGIN, publisher, signer);
    assert.equal(status, "0x1");
    const args = {
      logId,
      owner: getAddress(owner),
      origin: ORIGIN,
      publisher: getAddress(publisher),
      signer: getAddress(signer),
    };
    const keySet = (role, key) => ({
      eventName: "KeySet",
      args: { logId, role, keyHash: pad(key), fromSize: 0n },
    });
    const registered = { eventName: "LogRegistered", args };
    assert.deepEqual(events, [registered, keySet(0, publisher), keySet(1, signer)]);
    const accounts = [owner, publisher, signer].map((account) => getAddress(account));
    const originHash = keccak256(stringToBytes(ORIGIN));
    assert.deepEqual(await auditLog.call(stranger, "logOf", logId), [...accounts, originHash]);
    assert.deepEqual(await auditLog.call(stranger, "latest", logId), [0n, zeroHash, 0n, 0n]);
    const signers = [{ signer: getAddress(signer), fromSize: 0n }];
    assert.deepEqual(await auditLog.call(stranger, "signersOf", logId), signers);
  });

  it("one owner registers one origin once, whatever the keys", async () => {
    const logId = await auditLog.register("once");
    const again = ["once", stranger, stranger];
    await auditLog.refuses(["AlreadyRegistered", logId], owner, "register", ...again);
    await auditLog.anchor(logId, { root: () => Buffer.alloc(32, 1) }, 0, 1);
    await auditLog.refuses(["AlreadyRegistered", logId], owner, "register", ...again);
  });

  it("an origin taken by one owner is free for another", async () => {
    await auditLog.register("shared");
    const logId = await auditLog.call(stranger, "register", "shared", publisher, signer);
    assert.equal(logId, logIdOf(stranger, "shared"));
  });

  it("an origin has 1 to 255 bytes", async () => {
    for (const origin of ["a", "a".repeat(255), "名".repeat(85)]) {
      const logId = await auditLog.call(owner, "register", origin, publisher, signer);
      assert.equal(logId, logIdOf(owner, origin));
    }
    for (const [origin, length] of [["", 0n], ["a".repeat(256), 256n], ["名".repeat(86), 258n]]) {
      const call = ["register", origin, publisher, signer];
      await auditLog.refuses(["OriginLength", length], owner, ...call);
    }
  });

  it("neither key may be zero", async () => {
    const zero = zeroAddress;
    for (const keys of [[zero, signer], [publisher, zero], [zero, zero]]) {
      const values = keys.map((key) => getAddress(key));
      await auditLog.refuses(["ZeroKey", ...values], owner, "register", "zero", ...keys);
    }
  });

  it("a log that is not known is all zero", async () => {
    const none = [zeroAddress, zeroAddress, zeroAddress, zeroHash];
    assert.deepEqual(await auditLog.call(owner, "logOf", zeroHash), none);
    assert.deepEqual(await auditLog.call(owner, "latest", zeroHash), [0n, zeroHash, 0n, 0n]);
    assert.deepEqual(await auditLog.call(owner, "headAt", zeroHash, 1n), [zeroHash, 0n, 0n]);
    assert.deepEqual(await auditLog.call(owner, "signersOf", zeroHash), []);
    assert.equal(await auditLog.call(owner, "proposedOwnerOf", zeroHash), zeroAddress);
    const mark = { signer: zeroAddress, size: 0n, root: zeroHash, otherRoot: zeroHash };
    const unmarked = { ...mark, blockNumber: 0n };
    assert.deepEqual(await auditLog.call(owner, "markOf", zeroHash), unmarked);
    const open = { finalSize: 0n, successor: zeroHash, blockNumber: 0n };
    assert.deepEqual(await auditLog.call(owner, "closingOf", zeroHash), open);
  });
});
