import { createRequire } from "node:module";

import nodeTestRunner from "@nomicfoundation/hardhat-node-test-runner";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [nodeTestRunner],
  paths: { sources: "./contracts", tests: "./tests/contracts" },
  solidity: {
    // The contract compiles apart from its tests, so that no test can touch its build.
    splitTestsCompilation: true,
    compilers: [
      {
        version: "0.8.37",
        // The compiler of the npm package: nothing is downloaded.
        path: require.resolve("solc/soljson.js"),
        settings: {
          optimizer: { enabled: true, runs: 200 },
          evmVersion: "prague",
          viaIR: false,
        },
      },
    ],
  },
  networks: {
    // What `hardhat node` serves: the second development chain, beside anvil's 20231, with the
    // gas cap of a tx that public networks have (EIP-7825).
    node: { type: "edr-simulated", chainId: 20232, transactionGasCap: 2 ** 24 },
  },
});
