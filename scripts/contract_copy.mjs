// The contract as a syntax tree, and copies of it with its tests, to be changed and run.
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const solc = createRequire(import.meta.url)("solc");

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const NAME = "contracts/AuditLog.sol";
const INTERFACE = "contracts/IAuditLog.sol";
export const HARDHAT = "node_modules/hardhat/dist/src/cli.js";
const SETTINGS = {
  evmVersion: "prague",
  // Without the digest of the source: equal code is equal bytes.
  metadata: { appendCBOR: false },
  outputSelection: { "*": { "": ["ast"], "*": ["abi", "evm.bytecode", "evm.deployedBytecode"] } },
};

export const source = await readFile(`${ROOT}${NAME}`, "utf8");
const interfaceSource = await readFile(`${ROOT}${INTERFACE}`, "utf8");

/** Syntax tree and contract of a changed source; null where it does not compile. */
export function compile(content, { optimised = true } = {}) {
  const sources = { [NAME]: { content }, [INTERFACE]: { content: interfaceSource } };
  const optimizer = { enabled: optimised, runs: 200 };
  const input = { language: "Solidity", sources, settings: { ...SETTINGS, optimizer } };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  if ((output.errors ?? []).some(({ severity }) => severity === "error")) return null;
  return { tree: output.sources[NAME].ast, contract: output.contracts[NAME].AuditLog };
}

/** Every node of a syntax tree, with the names of the contract's function that it is in. */
export function* nodes(tree, within = "") {
  if (tree === null || typeof tree !== "object") return;
  if (Array.isArray(tree)) {
    for (const each of tree) yield* nodes(each, within);
    return;
  }
  const inside = tree.nodeType === "FunctionDefinition" ? tree.name : within;
  if (typeof tree.src === "string") yield { node: tree, within: inside };
  for (const each of Object.values(tree)) yield* nodes(each, inside);
}

const bytes = Buffer.from(source);

/** Where a node stands, in bytes. */
export function span({ src }) {
  const [start, length] = src.split(":").map(Number);
  return [start, start + length];
}

export const textOf = (node) => bytes.subarray(...span(node)).toString();
export const lineOf = (node) => bytes.subarray(0, span(node)[0]).toString().split("\n").length;

/** The source with `[start, end, text]` put in; no two of them overlap. */
export function changed(edits) {
  let made = bytes;
  for (const [start, end, text] of edits.toSorted((a, b) => b[0] - a[0])) {
    made = Buffer.concat([made.subarray(0, start), Buffer.from(text), made.subarray(end)]);
  }
  return made.toString();
}

/** The operands that a condition is made of: what && and || join. */
export function* operands(condition) {
  const { nodeType, operator, components } = condition;
  if (nodeType === "TupleExpression" && components.length === 1) {
    yield* operands(components[0]);
  } else if (nodeType === "BinaryOperation" && ["&&", "||"].includes(operator)) {
    yield* operands(condition.leftExpression);
    yield* operands(condition.rightExpression);
  } else {
    yield condition;
  }
}

/** Every operand of every condition, once; not those of the assembly. */
export function* conditions(tree) {
  const seen = new Set();
  for (const { node, within } of nodes(tree)) {
    const isJoined = node.nodeType === "BinaryOperation" && ["&&", "||"].includes(node.operator);
    const condition = node.condition ?? (isJoined ? node : null);
    if (condition === null || node.nodeType.startsWith("Yul")) continue;
    for (const operand of operands(condition)) {
      if (!seen.has(operand.src)) yield { node: operand, within };
      seen.add(operand.src);
    }
  }
}

/** A folder with contract and tests, without what compares with the committed build. */
export async function makeCopy(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(`${folder}/tests/contracts`, { recursive: true });
  for (const name of ["contracts", "tests/contracts", "hardhat.config.js", "package.json"]) {
    await cp(`${ROOT}${name}`, `${folder}/${name}`, { recursive: true });
  }
  await rm(`${folder}/tests/contracts/snapshots.test.js`);
  await symlink(`${ROOT}tests/vectors`, `${folder}/tests/vectors`);
  await symlink(`${ROOT}node_modules`, `${folder}/node_modules`);
}

/** Runs Node in a copy; ends it at the first output that `stop` matches. */
export function run(folder, args, stop = null) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: folder, env: process.env });
    let output = "";
    const take = (data) => {
      output += data;
      if (stop?.test(output)) child.kill("SIGKILL");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => resolve({ passed: code === 0, output }));
  });
}
