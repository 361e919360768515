import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { Host } from "./host.ts";
import { local } from "./local.ts";
import { localFiles } from "./local-files.ts";
import { localJobs } from "./local-jobs.ts";

describe("a job", () => {
  let folder: string;
  let host: Host;

  before(async () => {
    folder = await mkdtemp("/tmp/fettle-jobs-");
    await chmod(folder, 0o777);
    host = await local().open();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const shell = (script: string) => ({ program: "/bin/sh", args: ["-c", script] });

  test("that was never started is absent", async () => {
    assert.deepEqual(await host.jobs.status(`${folder}/never`), { kind: "absent" });
  });

  test("is started once, however often it is asked for", async () => {
    const job = `${folder}/once`;
    const command = shell(`echo x >> ${folder}/count; sleep 0.2`);
    await Promise.all([host.jobs.start(job, command), host.jobs.start(job, command), host.jobs.start(job, command)]);
    assert.equal((await host.jobs.status(job)).kind, "running");
    await host.jobs.ended(job, 10_000);
    await host.jobs.start(job, command);
    assert.deepEqual(await host.jobs.status(job), { kind: "succeeded" });
    assert.equal(await readFile(`${folder}/count`, "utf8"), "x\n");
  });

  test("that fails keeps what it said", async () => {
    const job = `${folder}/fails`;
    await host.jobs.start(job, shell("echo going; echo no space left >&2; exit 3"));
    await host.jobs.ended(job, 10_000);
    assert.deepEqual(await host.jobs.status(job), { kind: "failed", output: "going\nno space left" });
  });

  test("that begins between two looks at it is running, not dead", async () => {
    const files = localFiles(undefined);
    const job = `${folder}/begins`;
    const read = async (path: string) => {
      const content = await files.read(path);
      if (path === `${job}/pid` && content === undefined) await files.write(path, "1");
      return content;
    };
    const jobs = localJobs(
      { ...files, read },
      async () => 0,
      async () => undefined,
      () => {},
    );
    await files.claim(job);
    assert.deepEqual(await jobs.status(job), { kind: "running" });
  });

  test("that was killed has failed", async () => {
    const job = `${folder}/killed`;
    await host.jobs.start(job, shell("sleep 60"));
    while ((await host.files.read(`${job}/pid`)) === undefined);
    await host.jobs.kill(job);
    await host.jobs.ended(job, 10_000);
    const status = await host.jobs.status(job);
    assert.equal(status.kind, "failed");
    assert.match("output" in status ? status.output : "", /was killed/);
  });

  test("takes its arguments as they are, and not as a shell would", async () => {
    const job = `${folder}/arguments`;
    await host.jobs.start(job, { program: "/bin/echo", args: ["$(id)", "; rm -rf /", "a  b"] });
    await host.jobs.ended(job, 10_000);
    assert.equal(await readFile(`${job}/output`, "utf8"), "$(id) ; rm -rf / a  b\n");
  });
});
