import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { test } from "node:test";
import type { CommandCall, Output } from "@fettle/engine";
import { processesOf } from "../src/server/processes.ts";
import { World } from "./world.ts";

/** What a command prints, kept. */
class Recorder implements Output {
  readonly json = false;
  readonly terminal = false;
  readonly said: string[] = [];
  value: unknown;

  result(value: unknown): void {
    this.value = value;
  }
  table(_rows: unknown, value: unknown): void {
    this.value = value;
  }
  say(line: string): void {
    this.said.push(line);
  }
  async ask(): Promise<string> {
    throw new Error("nobody is there to ask");
  }
}

async function run(world: World, name: string, args: CommandCall["args"], options: CommandCall["options"] = {}): Promise<Recorder> {
  const command = world.fleet.commands?.commands.find((one) => one.name === name);
  assert.ok(command);
  const out = new Recorder();
  await command.run({ client: world.client, args, options, by: "test", abort: new AbortController().signal, out });
  return out;
}

test("a database is created, looked at and destroyed by commands", { timeout: 90_000 }, async () => {
  await using world = await World.open();
  const created = await run(world, "create", { name: world.name }, { sync: true });
  assert.ok(created.said.includes("cluster prod-1: available"), created.said.join("\n"));
  const { url } = (await run(world, "url", { name: world.name })).value as { url: string };
  assert.match(
    url,
    /^postgresql:\/\/app:[\w-]{32}@127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\/prod-1\?target_session_attrs=read-write&connect_timeout=2$/,
  );
  const info = (await run(world, "info", { name: world.name })).value as { protection: string; members: { replication: string }[] };
  assert.equal(info.protection, "each acknowledged commit is on b too");
  assert.deepEqual(
    info.members.map(({ replication }) => replication),
    ["-", "streaming"],
  );
  const [listed] = (await run(world, "ls", {})).value as { name: string; electable: string[] }[];
  assert.deepEqual([listed?.name, listed?.electable], ["prod-1", ["b"]]);
  await assert.rejects(run(world, "create", { name: world.name }), { code: "ALREADY_RUNNING" });

  const { password } = new URL(url.replace(/,[^/]+/, ""));
  const { data, result } = await world.show("cluster");
  assert.ok(!JSON.stringify([data, result, await world.client.history({ key: world.name }), world.log]).includes(password));
  assert.equal((await stat(`${world.folder}/pg/prod-1/secrets.json`)).mode & 0o777, 0o600);

  const servers = [await world.member("a"), await world.member("b")];
  for (const server of servers) {
    for (const { title } of await processesOf(server)) assert.ok(!title.includes(password), title);
  }
  await assert.rejects(run(world, "destroy", { name: world.name }, { confirm: "prod-2" }), { code: "NO_ANSWER" });
  await run(world, "destroy", { name: world.name }, { confirm: world.name });
  assert.deepEqual(await readdir(`${world.folder}/pg`), []);
  for (const server of servers) assert.deepEqual(await processesOf(server), []);
  await assert.rejects(run(world, "url", { name: world.name }), { code: "NO_SUCH_CLUSTER" });
});

test("what cannot be a cluster is refused before anything is made", { timeout: 60_000 }, async () => {
  await using world = await World.open();
  const refused = (args: string, options: CommandCall["options"], code: string) =>
    assert.rejects(run(world, "create", { name: args }, options), { code });
  await refused("x; rm -rf /", {}, "BAD_NAME");
  await refused("../x", {}, "BAD_NAME");
  await refused("", {}, "BAD_NAME");
  await refused("prod-1", { standbys: "9" }, "USAGE");
  await refused("prod-1", { sync: "always" }, "USAGE");
  await refused("prod-1", { sync: true, standbys: "0" }, "USAGE");
  await assert.rejects(run(world, "info", { name: "nobody" }), { code: "NO_SUCH_INSTANCE" });
  await world.stopWorker();
  await refused("prod-1", {}, "NO_WORKER");
  assert.equal((await world.client.list({})).total, 0);
});

test("a folder that somebody else has made is left alone", { timeout: 60_000 }, async () => {
  await using world = await World.open();
  await mkdir(`${world.folder}/pg/prod-1`, { recursive: true });
  await writeFile(`${world.folder}/pg/prod-1/precious`, "");
  await assert.rejects(run(world, "create", { name: "prod-1" }), { code: "FOLDER_TAKEN" });
  assert.deepEqual(await readdir(`${world.folder}/pg/prod-1`), ["precious"]);
  assert.equal((await world.show("cluster")).state, "abandoned");
});

const isRoot = process.getuid?.() === 0;

test("a disk without room is a sentence, and nothing is left on it", {
  skip: !isRoot && "only root can mount a small disk",
  timeout: 60_000,
}, async () => {
  await using world = await World.open("small/pg");
  await mkdir(`${world.folder}/small`);
  execFileSync("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", `${world.folder}/small`]);
  try {
    await assert.rejects(run(world, "create", { name: "prod-1" }), { code: "DISK_FULL", message: /it needs 512 MiB/ });
    assert.deepEqual(await readdir(`${world.folder}/small/pg`), []);
  } finally {
    execFileSync("/usr/bin/umount", [`${world.folder}/small`]);
  }
});

test("a folder that the servers' user may not enter is a sentence", {
  skip: !isRoot && "the servers run as whoever runs the test",
  timeout: 60_000,
}, async () => {
  await using world = await World.open("closed/pg");
  await mkdir(`${world.folder}/closed`, { mode: 0o700 });
  await assert.rejects(run(world, "create", { name: "prod-1" }), { code: "FOLDER_UNREACHABLE" });
  assert.deepEqual(await readdir(`${world.folder}/closed/pg`), []);
});
