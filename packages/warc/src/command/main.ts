#!/usr/bin/env node
// Only what an old Node can read may stand here: it is this file that tells its owner why the command does not run.
import module from "node:module";

const oldest = 24;
if (Number(process.versions.node.split(".")[0]) < oldest) {
  process.stderr.write(`Cannot run warc on Node ${process.versions.node}: it needs ${oldest} or later (NODE_TOO_OLD)\n`);
  process.exit(2);
}
module.enableCompileCache?.();
const { run } = await import("./run.ts");
process.exitCode = await run(process.argv.slice(2));
