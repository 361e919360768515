#!/usr/bin/env node
// Only what an old Node can read may stand here: it is this file that tells its owner why fettle does not run.
import module from "node:module";

const oldest = 24;
if (Number(process.versions.node.split(".")[0]) < oldest) {
  process.stderr.write(`Cannot run fettle on Node ${process.versions.node}: it needs ${oldest} or later (NODE_TOO_OLD)\n`);
  process.stderr.write("Fix: install it from https://nodejs.org, or: npx -p node@24 -p fettle fettle\n");
  process.exit(1);
}
module.enableCompileCache?.();
const { run } = await import("./run.ts");
// An interrupted command, and a handler that ignores its AbortSignal, leave work behind that would hold the process.
process.exit(await run(process.argv.slice(2)));
