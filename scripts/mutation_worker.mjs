// Runs the contract's unit tests on one mutant after the other, in one process and on one chain: a
// process for each file takes longer than its tests. Started by scripts/mutation_contract.mjs in a
// copy; takes { contract, files }, says whether all tests passed.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

// Stands for node:test, whose tests run once and in an order of their own.
const SHIM = `data:text/javascript,${encodeURIComponent(`
  export const describe = (name, define) => {
    const suite = { before: [], beforeEach: [], it: [] };
    globalThis.suites.push(suite);
    define();
  };
  const add = (kind) => (...args) => globalThis.suites.at(-1)[kind].push(args.at(-1));
  export const [before, beforeEach, it] = ["before", "beforeEach", "it"].map(add);
`)}`;
registerHooks({
  resolve: (name, context, next) =>
    name === "node:test" ? { url: SHIM, shortCircuit: true } : next(name, context),
});

const tests = (name) => pathToFileURL(`${process.cwd()}/tests/contracts/${name}`).href;
const { artefact, request } = await import(tests("support/audit_log.js"));
let count = 0;

async function passes(file) {
  globalThis.suites = [];
  await import(`${tests(`${file}.test.js`)}?${count}`);
  for (const { before, beforeEach, it } of globalThis.suites) {
    for (const prepare of before) await prepare();
    for (const test of it) {
      for (const prepare of beforeEach) await prepare();
      await test();
    }
  }
}

process.on("message", async ({ contract, files }) => {
  count += 1;
  artefact.bytecode = `0x${contract.evm.bytecode.object}`;
  artefact.deployedBytecode = `0x${contract.evm.deployedBytecode.object}`;
  const fresh = await request("evm_snapshot");
  let said = null;
  try {
    for (const file of files) await passes(file);
  } catch (error) {
    said = String(error.message).slice(0, 200);
  }
  await request("evm_revert", fresh);
  process.send({ passed: said === null, said });
});
process.send("ready");
