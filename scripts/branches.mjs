// Branch coverage of the contract by its unit tests: fails below 100 %.
//
// Hardhat counts lines and statements, and no branches. So the contract is built, in a copy, with
// each operand of each condition handed through a function of its own, `if (it is true) return true;
// return false;`: an outcome that no test sees is a statement that is not reached. Both outcomes of
// every operand of && and || are more than both of every branch.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { changed, compile, conditions, HARDHAT, lineOf, makeCopy, run } from "./contract_copy.mjs";
import { NAME, source, span, textOf } from "./contract_copy.mjs";

const operands = [...conditions(compile(source).tree)];
const branches = operands.map(({ node }, i) => [...span(node), `_branch${i}(${textOf(node)})`]);
const bodies = operands.map((_, i) =>
  [`function _branch${i}(bool taken) private pure returns (bool) {`, "if (taken) {", "return true;",
    "}", "return false;", "}"].join("\n"));
const instrumented = changed(branches).replace(/\}\s*$/, `${bodies.join("\n")}\n}\n`);

const folder = await mkdtemp(join(tmpdir(), "liuhen-branches-"));
try {
  await makeCopy(folder);
  await writeFile(`${folder}/${NAME}`, instrumented);
  const { passed, output } = await run(folder, [HARDHAT, "test", "nodejs", "--coverage"]);
  const report = passed ? await readFile(`${folder}/coverage/lcov.info`, "utf8") : "";
  const missed = passed ? [...unreached(report)] : [];
  if (!passed) console.log(output);
  for (const each of missed) console.log(each);
  const count = `${2 * operands.length} outcomes of ${operands.length} operands`;
  console.log(passed && missed.length === 0 ? `1 passing: ${count}` : "1 failing: see above");
  process.exitCode = passed && missed.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What no test reaches: an outcome of an operand, or a line of the contract. */
function* unreached(report) {
  const [, lines] = report.split(/^SF:.*AuditLog\.sol$/m);
  const text = instrumented.split("\n");
  for (const [, line, hits] of lines.split("end_of_record")[0].matchAll(/^DA:(\d+),(\d+)$/gm)) {
    if (hits !== "0") continue;
    const above = text.slice(0, Number(line)).findLast((each) => /^ *function /.test(each));
    const [, number] = /_branch(\d+)\(bool/.exec(above ?? "") ?? [];
    if (number === undefined) {
      yield `never reached: ${text[line - 1].trim()}`;
    } else {
      const { node } = operands[number];
      const outcome = text[line - 1].includes("true") ? "true" : "false";
      yield `${NAME}:${lineOf(node)} never ${outcome}: ${textOf(node)}`;
    }
  }
}
