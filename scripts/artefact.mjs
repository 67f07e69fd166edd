// Builds the contract and writes the artefact that the Python package carries.
//
//   node scripts/artefact.mjs            build and write
//   node scripts/artefact.mjs --check    build and compare; exit 1 when they differ
//
// The service reads only this file, so it needs no Node at run time.
import { readFile, writeFile } from "node:fs/promises";

import hre from "hardhat";

const ARTEFACT = "service/liuhen/adapters/chain/artefact/AuditLog.json";
const path = new URL(`../${ARTEFACT}`, import.meta.url);

/** The artefact of a fresh build, as the text of the file. */
async function build() {
  await hre.tasks.getTask("build").run({ force: true, noTests: true, quiet: true });
  const built = await hre.artifacts.readArtifact("AuditLog");
  const { contractName, abi, bytecode, deployedBytecode } = built;
  const buildInfoPath = await hre.artifacts.getBuildInfoPath(built.buildInfoId);
  const { solcLongVersion, input } = JSON.parse(await readFile(buildInfoPath, "utf8"));
  const { optimizer, evmVersion, viaIR } = input.settings;
  const compiler = { version: solcLongVersion, settings: { optimizer, evmVersion, viaIR } };
  const artefact = { contractName, compiler, abi, bytecode, deployedBytecode };
  return `${JSON.stringify(artefact, null, 2)}\n`;
}

const fresh = await build();
if (process.argv.includes("--check")) {
  const committed = await readFile(path, "utf8").catch(() => "");
  if (committed !== fresh) {
    console.error(`${ARTEFACT} is not what contracts/ builds to. Run: npm run artefact`);
    process.exit(1);
  }
  console.log(`${ARTEFACT} equals a fresh build.`);
} else {
  await writeFile(path, fresh);
  console.log(`Wrote ${ARTEFACT}.`);
}
