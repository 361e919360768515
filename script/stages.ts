/** The stages of script/test: one line each with its time, and all that a failing one had to say. */
import { type ChildProcess, spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { findTests, type TestFiles } from "./test-files.ts";
import { type FilesRun, runTests, type Tally } from "./test-run.ts";

interface Said {
  readonly failed: boolean;
  readonly output: string;
  readonly tally?: Tally;
  readonly longest?: FilesRun["longest"];
}

const root = process.cwd();
const { values: wanted, positionals: paths } = parseArgs({
  allowPositionals: true,
  options: { watch: { type: "boolean", default: false }, all: { type: "boolean", default: false } },
});

// Ends through "exit", where the test files still running are killed.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => process.exit(code));
process.exitCode = await main();

async function main(): Promise<number> {
  const tests = findTests(root, paths);
  if (wanted.watch) return watch(tests);
  const failed: string[] = [];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, run] of stages(tests)) {
    const started = performance.now();
    const said = await run();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${said.failed ? "✗" : "✓"} ${name.padEnd(14)} ${seconds.padStart(6)} s  ${said.tally ? spell(said.tally) : ""}`.trimEnd());
    if (said.longest && said.longest.length > 1) console.log(`  longest: ${said.longest.map(spellFile).join(", ")}`);
    if (said.failed) failed.push(name);
    if (said.output.trim() !== "") console.log(`${said.output.trimEnd()}\n`);
    for (const key of ["passed", "failed", "skipped"] as const) sum[key] += said.tally?.[key] ?? 0;
  }
  if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}`);
  console.log(spell(sum));
  return failed.length > 0 ? 1 : 0;
}

function stages(tests: TestFiles): [name: string, run: () => Promise<Said>][] {
  const slow = wanted.all ? tests.slow : tests.named;
  const list: [string, () => Promise<Said>][] = [
    ["format", () => command("biome", "format", ".")],
    ["lint", () => command("biome", "lint", "--error-on-warnings", ".")],
    ["types", () => command("tsc", "-p", ".")],
    ["arrows", () => command("node", "script/arrows.ts")],
    ["unused code", () => command("knip", "--no-progress", "--no-config-hints")],
  ];
  // More at once than there are cores here: most of a test's time is waiting for timers and servers.
  if (tests.quick.length > 0 || slow.length === 0) list.push(["tests", () => runTests(root, tests.quick, { atOnce: 3, fileSeconds: 600 })]);
  if (slow.length > 0) list.push(["slow tests", () => runTests(root, slow, { atOnce: 2, fileSeconds: 2700 })]);
  if (wanted.all && paths.length === 0) list.push(["deletable", () => command("script/deletable")]);
  return list;
}

async function command(program: string, ...args: string[]): Promise<Said> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const failed = (await ended(child)) !== 0;
  return { failed, output: failed ? output : "" };
}

async function watch(tests: TestFiles): Promise<number> {
  return ended(spawn("node", ["--test", "--watch", ...tests.quick, ...tests.named], { stdio: "inherit" }));
}

function ended(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  return promise;
}

function spell(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ""}`;
}

function spellFile({ file, seconds }: FilesRun["longest"][number]): string {
  return `${file} ${seconds.toFixed(0)} s`;
}
