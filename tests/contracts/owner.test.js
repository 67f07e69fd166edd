import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

import { getAddress, zeroAddress, zeroHash } from "viem";

import { accounts, AuditLog, owner, publisher, signer, stranger } from "./support/audit_log.js";
import { hex, leafHash, sha256, Tree } from "./support/tree.js";

const heir = accounts[4];
const unknown = hex(sha256("unknown"));
const tree = new Tree(Array.from({ length: 8 }, (_, i) => leafHash(sha256(`entry-${i}`))));

describe("the owner of a log", () => {
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
    logId = await auditLog.register(origin);
  });

  const ownerOf = async () => (await auditLog.call(stranger, "logOf", logId))[0];
  const proposed = () => auditLog.call(stranger, "proposedOwnerOf", logId);
  const propose = (account, from = owner) => auditLog.send(from, "transferOwner", logId, account);
  const notOwner = (caller, now = owner) =>
    ["NotOwner", logId, getAddress(now), getAddress(caller)];
  const notProposed = (account, caller) =>
    ["NotProposed", logId, getAddress(account), getAddress(caller)];

  it("a log changes hands in two steps", async () => {
    assert.equal(await proposed(), zeroAddress);
    const offered = await propose(heir);
    const offer = { logId, proposed: getAddress(heir) };
    assert.deepEqual(offered.events, [{ eventName: "OwnerProposed", args: offer }]);
    assert.equal(await ownerOf(), getAddress(owner));
    assert.equal(await proposed(), getAddress(heir));
    const accepted = await auditLog.send(heir, "acceptOwner", logId);
    const change = { logId, owner: getAddress(heir) };
    assert.deepEqual(accepted.events, [{ eventName: "OwnerChanged", args: change }]);
    assert.equal(await ownerOf(), getAddress(heir));
    assert.equal(await proposed(), zeroAddress);
  });

  it("an offer is for its account alone, and once", async () => {
    for (const caller of [owner, publisher, signer, stranger, heir]) {
      await auditLog.refuses(notProposed(zeroAddress, caller), caller, "acceptOwner", logId);
    }
    await propose(heir);
    for (const caller of [owner, publisher, signer, stranger]) {
      await auditLog.refuses(notProposed(heir, caller), caller, "acceptOwner", logId);
    }
    await auditLog.send(heir, "acceptOwner", logId);
    await auditLog.refuses(notProposed(zeroAddress, heir), heir, "acceptOwner", logId);
  });

  it("nobody accepts a log that is not registered", async () => {
    const error = ["NotProposed", unknown, zeroAddress, getAddress(heir)];
    await auditLog.refuses(error, heir, "acceptOwner", unknown);
  });

  it("an offer is taken back, or made to another", async () => {
    await propose(heir);
    const { events } = await propose(zeroAddress);
    const args = { logId, proposed: zeroAddress };
    assert.deepEqual(events, [{ eventName: "OwnerProposed", args }]);
    await auditLog.refuses(notProposed(zeroAddress, heir), heir, "acceptOwner", logId);
    await propose(heir);
    await propose(stranger);
    await auditLog.refuses(notProposed(stranger, heir), heir, "acceptOwner", logId);
    await auditLog.send(stranger, "acceptOwner", logId);
    assert.equal(await ownerOf(), getAddress(stranger));
  });

  it("only the owner offers a log", async () => {
    for (const caller of [publisher, signer, stranger]) {
      await auditLog.refuses(notOwner(caller), caller, "transferOwner", logId, caller);
    }
    await propose(heir);
    await auditLog.refuses(notOwner(heir), heir, "transferOwner", logId, stranger);
    const error = ["NotOwner", unknown, zeroAddress, getAddress(owner)];
    await auditLog.refuses(error, owner, "transferOwner", unknown, heir);
  });

  it("who gave a log away has no say any more, and who got it has all", async () => {
    await propose(heir);
    await auditLog.send(heir, "acceptOwner", logId);
    const calls = [
      ["setPublisher", logId, stranger],
      ["setSigner", logId, stranger, 8n],
      ["setLogKey", logId, zeroHash, 0n],
      ["transferOwner", logId, stranger],
      ["close", logId, 8n, zeroHash],
    ];
    for (const call of calls) {
      await auditLog.refuses(notOwner(owner, heir), owner, ...call);
      await auditLog.send(heir, ...call);
    }
  });

  it("keys, heads and the id of a log stay as they are", async () => {
    await auditLog.anchor(logId, tree, 0, 3);
    const [, ...before] = await auditLog.call(owner, "logOf", logId);
    const head = await auditLog.call(owner, "latest", logId);
    await propose(heir);
    await auditLog.send(heir, "acceptOwner", logId);
    const [, ...after] = await auditLog.call(owner, "logOf", logId);
    assert.deepEqual(after, before);
    assert.deepEqual(await auditLog.call(owner, "latest", logId), head);
    await auditLog.anchor(logId, tree, 3, 8);
    const again = ["register", origin, publisher, signer];
    await auditLog.refuses(["AlreadyRegistered", logId], owner, ...again);
    assert.notEqual(await auditLog.call(heir, ...again), logId);
  });
});
