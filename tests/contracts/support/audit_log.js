// One deployed contract on a fresh in-process chain, and the few calls the tests make of it.
import assert from "node:assert/strict";

import hre from "hardhat";
import { decodeErrorResult, decodeEventLog, decodeFunctionResult, encodeFunctionData } from "viem";

import { hex } from "./tree.js";

export const artefact = await hre.artifacts.readArtifact("AuditLog");
const { abi } = artefact;
const connection = await hre.network.create();

export const request = (method, ...params) => connection.provider.request({ method, params });
export const accounts = await request("eth_accounts");
export const [owner, publisher, signer, stranger] = accounts;

const plain = (value) =>
  Array.isArray(value) ? value.map(plain) : Buffer.isBuffer(value) ? hex(value) : value;
export const encode = (functionName, args) =>
  encodeFunctionData({ abi, functionName, args: plain(args) });

async function mined(tx) {
  const txHash = await request("eth_sendTransaction", { gas: "0x989680", ...tx });
  return request("eth_getTransactionReceipt", txHash);
}

export class AuditLog {
  constructor(address) {
    this.address = address;
  }

  static async deploy() {
    const { contractAddress } = await mined({ from: owner, data: artefact.bytecode });
    return new AuditLog(contractAddress);
  }

  /** What a call would return. */
  async call(from, functionName, ...args) {
    const data = encode(functionName, args);
    const answer = await request("eth_call", { from, to: this.address, data }, "latest");
    return decodeFunctionResult({ abi, functionName, data: answer });
  }

  /** The tx receipt of a mined call, its events decoded. */
  async send(from, functionName, ...args) {
    const txReceipt = await mined({ from, to: this.address, data: encode(functionName, args) });
    const events = txReceipt.logs.map(({ data, topics }) => decodeEventLog({ abi, data, topics }));
    return { ...txReceipt, events, gas: Number(txReceipt.gasUsed) };
  }

  /** The error that a call reverts with: its name, and its values. */
  async failure(from, functionName, ...args) {
    const data = encode(functionName, args);
    const tx = { from, to: this.address, data };
    const failure = await request("eth_call", tx, "latest").then(
      () => assert.fail(`${functionName} was accepted`),
      (reason) => reason,
    );
    if (failure instanceof assert.AssertionError) throw failure;
    const { errorName, args: values } = decodeErrorResult({ abi, data: failure.data });
    return [errorName, ...(values ?? [])];
  }

  /** Asserts that a call reverts with exactly this error and these values. */
  async refuses(error, from, functionName, ...args) {
    assert.deepEqual(await this.failure(from, functionName, ...args), plain(error));
  }

  /** Registers a log and returns its id. */
  async register(origin, headSigner = signer) {
    const { events } = await this.send(owner, "register", origin, publisher, headSigner);
    return events[0].args.logId;
  }

  /** Anchors `newSize` of a tree, with the consistency proof it takes. */
  anchor(logId, tree, oldSize, newSize) {
    const proof = oldSize === 0 ? [] : tree.consistency(oldSize, newSize);
    const sizes = [BigInt(oldSize), BigInt(newSize)];
    return this.send(publisher, "anchor", logId, ...sizes, tree.root(newSize), proof);
  }
}
