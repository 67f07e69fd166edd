// Mutation testing of the contract: bend it a little, and see whether a test notices.
//
//   node scripts/mutation_contract.mjs              everything (half an hour on two cores)
//   node scripts/mutation_contract.mjs anchor       only these functions
//   node scripts/mutation_contract.mjs --unit       by the unit tests alone, without the fuzzer
//   node scripts/mutation_contract.mjs --show       what survived so far
//
// What survives and why is written down in docs/mutation.md. It works on copies in
// .mutation/contract. A mutant whose code is the same, byte for byte, is none. The unit tests run
// first, and the fuzzer only on what they let through. A second run goes on where the first stopped,
// and tries again what survived.
import { fork } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";

import { changed, compile, conditions, HARDHAT, lineOf, makeCopy, run } from "./contract_copy.mjs";
import { NAME, nodes, ROOT, source, span, textOf } from "./contract_copy.mjs";

const FOLDER = `${ROOT}.mutation/contract`;
const RESULTS = `${FOLDER}/results.json`;
const WORKERS = 2;
const OPERATORS = {
  "<": ["<=", ">"], "<=": ["<", "=="], ">": [">=", "<"], ">=": [">"], "==": ["!="], "!=": ["=="],
  "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "**": ["*"], "&": ["|"], "|": ["&"],
  ">>": ["<<"], "&&": ["||"], "||": ["&&"],
};
const REMOVED = ["ExpressionStatement", "EmitStatement"];
const FILES = [
  "register", "owner", "keys", "close", "double_sign", "fork", "report_vectors", "inclusion",
  "anchor", "vectors",
];
// Where a function is tested most: these tests run first.
const NEAREST = {
  transferOwner: "owner", acceptOwner: "owner", setPublisher: "keys", setSigner: "keys",
  setLogKey: "keys", close: "close", register: "register", anchor: "anchor",
  _consistent: "anchor", verifyInclusion: "inclusion", _included: "inclusion", _node: "inclusion",
  reportDoubleSign: "double_sign", reportFork: "fork", _checkHistory: "fork",
  _checkSigned: "fork", _signerFor: "fork", _recover: "fork", _mark: "fork", _owned: "owner",
};
const UNIT_ONLY = process.argv.includes("--unit");
const FAILED = /^\s+\d+\) /m;

/** Every mutant: what is where instead of what. */
function* mutants(tree) {
  for (const { node, within } of conditions(tree)) {
    for (const instead of ["true", "false"]) yield made(node, within, [[...span(node), instead]]);
  }
  for (const { node, within } of nodes(tree)) {
    for (const edits of bends(node)) yield made(node, within, edits);
  }
}

function made(node, within, edits) {
  const [start, end] = edits[0];
  const was = Buffer.from(source).subarray(start, end).toString();
  const bent = edits.map(([, , text]) => text).join(", ");
  const what = `${edits.length > 1 ? textOf(node) : was} -> ${bent} (at byte ${start})`;
  return { within: within || "(contract)", line: lineOf(node), what, edits };
}

/** Lists of edits, each of them one mutant. */
function* bends(node) {
  const { nodeType } = node;
  const [start, end] = span(node);
  if (nodeType === "BinaryOperation") {
    const [from, to] = [span(node.leftExpression)[1], span(node.rightExpression)[0]];
    for (const operator of OPERATORS[node.operator]) yield [[from, to, ` ${operator} `]];
  } else if (nodeType === "Literal" && node.kind === "number") {
    yield [[start, end, `(${textOf(node)} + 1)`]];
    if (textOf(node) !== "0") yield [[start, end, `(${textOf(node)} - 1)`]];
  } else if (nodeType === "YulLiteral" && node.kind === "number") {
    yield [[start, end, String(Number(textOf(node)) + 1)]];
  } else if (nodeType === "UnaryOperation" && node.operator === "!") {
    yield [[start, start + 1, ""]];
  } else if (nodeType === "Conditional") {
    yield swapped([node.trueExpression, node.falseExpression]);
  } else if (nodeType === "FunctionCall" && node.kind !== "typeConversion") {
    for (let i = 1; i < node.arguments.length; i++) {
      yield swapped(node.arguments.slice(i - 1, i + 1));
    }
  } else if (nodeType === "MemberAccess" && textOf(node) === "msg.sender") {
    yield [[start, end, "tx.origin"]];
  } else if (nodeType === "MemberAccess" && node.memberName === "max") {
    yield [[end - 3, end, "min"]];
  } else if (nodeType === "TupleExpression" && node.components.length > 1) {
    for (let i = 1; i < node.components.length; i++) {
      yield swapped(node.components.slice(i - 1, i + 1));
    }
  }
  if (REMOVED.includes(nodeType)) yield [[start, end, "0"]];
  if (nodeType === "Assignment" && node.operator === "=") {
    const [from, to] = span(node.rightHandSide);
    yield [[from, to, textOf(node.leftHandSide)]];
  }
}

const swapped = ([a, b]) => [[...span(a), textOf(b)], [...span(b), textOf(a)]];

/** What became of a mutant: same, broken (does not compile), killed, fuzzed or survived. */
async function judge(mutant, folder, worker, plain) {
  const content = changed(mutant.edits);
  const compiled = compile(content, { optimised: false });
  if (compiled === null) return "broken";
  const nearest = NEAREST[mutant.within];
  const files = nearest ? [nearest, ...FILES.filter((name) => name !== nearest)] : FILES;
  if (!(await worker({ contract: compiled.contract, files })).passed) return "killed";
  if (compile(content).contract.evm.bytecode.object === plain) return "same";
  await writeFile(`${folder}/${NAME}`, content);
  if (UNIT_ONLY) return "survived";
  const { passed } = await run(folder, [HARDHAT, "test", "solidity"], FAILED);
  return passed ? "survived" : "fuzzed";
}

/** A process that judges mutants by the unit tests, as a function. */
async function startWorker(folder) {
  await makeCopy(folder);
  await run(folder, [HARDHAT, "build", "--no-tests"]);
  const child = fork(`${ROOT}scripts/mutation_worker.mjs`, { cwd: folder });
  const answer = () => new Promise((resolve) => child.once("message", resolve));
  await answer();
  const worker = (message) => {
    child.send(message);
    return answer();
  };
  return [worker, () => child.kill()];
}

async function work(queue, folder, { contract }, results) {
  const [worker, end] = await startWorker(folder);
  const { passed, said } = await worker({ contract, files: FILES });
  if (!passed) throw new Error(`the tests fail without a mutant: ${said}`);
  const plain = contract.evm.bytecode.object;
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const { within, line, what } = mutant;
    const outcome = await judge(mutant, folder, worker, plain);
    results.push({ within, line, what, outcome, text: source.split("\n")[line - 1] });
    await writeFile(RESULTS, JSON.stringify(results, null, 1));
    if (outcome === "survived") console.log(`${NAME}:${line} ${within}: ${what}`);
  }
  end();
}

function print(results) {
  const kinds = ["killed", "fuzzed", "survived", "same", "broken"];
  console.log(`| function | ${kinds.join(" | ")} |`);
  for (const within of [...new Set(results.map((each) => each.within))].toSorted()) {
    const of = results.filter((each) => each.within === within);
    const counts = kinds.map((kind) => of.filter(({ outcome }) => outcome === kind).length);
    console.log(`| \`${within}\` | ${counts.join(" | ")} |`);
  }
  for (const { within, line, what, outcome } of results) {
    if (outcome === "survived") console.log(`${NAME}:${line} ${within}: ${what}`);
  }
}

/** What was found about this very source before, less what survived. */
async function known() {
  const text = await readFile(RESULTS, "utf8").catch(() => "[]");
  const results = JSON.parse(text).filter((each) => each.outcome !== "survived");
  return results.filter(({ line, text: was }) => source.split("\n")[line - 1] === was);
}

await mkdir(FOLDER, { recursive: true });
if (process.argv.includes("--show")) {
  print(JSON.parse(await readFile(RESULTS, "utf8")));
} else {
  const wanted = process.argv.slice(2).filter((each) => !each.startsWith("--"));
  const compiled = compile(source);
  const all = new Map([...mutants(compiled.tree)].map((each) => [changed(each.edits), each]));
  all.delete(source);
  const results = await known();
  const done = new Set(results.map(({ line, what }) => `${line} ${what}`));
  const place = ({ within }) => (wanted.length ? wanted.indexOf(within) : 0);
  const left = ({ line, what }) => !done.has(`${line} ${what}`);
  const queue = [...all.values()].filter((each) => place(each) >= 0 && left(each));
  queue.sort((a, b) => place(a) - place(b));
  console.log(`${queue.length} mutants of ${all.size}`);
  const folders = Array.from({ length: WORKERS }, (_, i) => `${FOLDER}/${i}`);
  await Promise.all(folders.map((folder) => work(queue, folder, compiled, results)));
  print(results);
}
