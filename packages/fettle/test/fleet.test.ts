import assert from "node:assert/strict";
import { test } from "node:test";
import { openSandbox, openStoredSandbox } from "./sandbox.ts";

const config = `
import { spawn } from "node:child_process";
import { once } from "node:events";
import { defineConfig, FettleError } from "fettle";
const lamps = {
  name: "lamps",
  machines: [],
  commands: {
    name: "lamp",
    about: "Lamps",
    commands: [{
      name: "on",
      about: "Light one",
      args: [{ usage: "<name>", about: "its name" }],
      options: [{ flags: "--colour <name>", about: "of the light", fallback: "white" }],
      examples: ["fettle lamp on hall"],
      async run({ args, options, client, out }) {
        if (args.name === "none") throw new FettleError("NO_SUCH_LAMP", "Cannot light none: there is no such lamp", { fix: "List them" });
        const { total } = await client.list({});
        out.table([{ NAME: args.name, COLOUR: options.colour }], { name: args.name, colour: options.colour, total });
      },
    }, {
      name: "shell",
      about: "Sit at the switch",
      examples: ["fettle lamp shell"],
      interactive: true,
      async run({ out }) {
        const script = "process.once('SIGINT', () => { console.log('caught'); process.exit(0); }); setInterval(() => {}, 1000); console.log('ready');";
        await once(spawn(process.execPath, ["-e", script], { stdio: "inherit" }), "exit");
        out.say("back again");
      },
    }],
  },
};
export default defineConfig({ fleets: [lamps] });
`;

test("a fleet's commands stand beside fettle's own, and only where it is installed", async () => {
  await using box = await openStoredSandbox(config);
  assert.match((await box.fettle(["--help"])).stdout, /lamp +Lamps/);
  assert.match((await box.fettle(["lamp", "on", "--help"])).stdout, /Examples:\n {2}fettle lamp on hall/);
  assert.equal((await box.fettle(["lamp", "on", "hall"])).stdout, "hall\twhite\n");
  const json = await box.fettle(["lamp", "on", "hall", "--colour", "red", "--json"]);
  assert.deepEqual(JSON.parse(json.stdout), { name: "hall", colour: "red", total: 0 });
  const none = await box.fettle(["lamp", "on", "none"]);
  assert.deepEqual([none.code, none.stderr], [3, "Cannot light none: there is no such lamp (NO_SUCH_LAMP)\nFix: List them\n"]);
  assert.equal((await box.fettle(["lamp"])).code, 2);

  await using bare = await openSandbox("export default {};\n");
  assert.doesNotMatch((await bare.fettle(["--help"])).stdout, /lamp/);
  assert.equal((await bare.fettle(["lamp", "on", "hall"])).code, 2);
});

test("a program that a fleet gives the terminal to takes Ctrl-C for itself", async () => {
  await using box = await openStoredSandbox(config);
  const { code, stdout } = await box.onTerminal(["lamp", "shell"], { prompt: "ready", keys: "\u0003" });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /caught\r\nback again/);
});
