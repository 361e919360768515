import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { type Act, desktop, isSignature, log, type Notice, type Page, pagerduty, slack, smtp, type Way, webhook } from "../src/index.ts";
import { startReceiver } from "./receiver.ts";

const page: Page = {
  id: 7,
  token: "0d9f",
  cause: "stuck:postgres/failover:fencing:SSH_TIMEOUT:1234abcd",
  severity: "critical",
  say: "Cannot reach <db-7> & co",
  machine: "postgres/failover",
  key: "prod-7",
  count: 40,
  victims: 37,
  opened: "2026-11-25T11:02:00.000Z",
  last: "2026-11-25T11:03:00.000Z",
  round: 1,
  suppressedBy: null,
  acknowledged: { by: "ana", at: "2026-11-25T11:04:00.000Z", note: "switch sw-4" },
  resolved: null,
  next: null,
  deliveries: [{ via: "other", act: "open", round: 1, at: "", attempts: 1, delivered: null, due: null, error: "private" }],
};
const notice = (act: Act, more: Partial<Notice> = {}): Notice => ({ act, page, token: page.token, formerToken: undefined, ...more });
const tell = (way: Way, act: Act, more?: Partial<Notice>) => way.tell(notice(act, more), AbortSignal.timeout(20_000));

test("log writes one line, whatever the page says", async () => {
  const lines: string[] = [];
  const way = log({ write: (line) => void lines.push(line) });
  await tell(way, "open");
  await tell(way, "acknowledge");
  await tell(way, "open", { page: { ...page, victims: 1, say: "a\nb\u001b[31m" } });
  assert.deepEqual(lines, [
    "PAGE CRITICAL: 37 × postgres/failover prod-7: Cannot reach <db-7> & co. Acknowledge: fettle ack 7",
    "PAGE ana is on it (switch sw-4): 37 × postgres/failover prod-7: Cannot reach <db-7> & co",
    "PAGE CRITICAL: postgres/failover prod-7: a b [31m. Acknowledge: fettle ack 7",
  ]);
});

test("desktop runs notify-send, and takes nothing of the page for an option", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "fettle-desktop-"));
  t.after(() => rm(folder, { recursive: true }));
  const program = join(folder, "notify-send");
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/said\n`);
  await chmod(program, 0o755);
  await tell(desktop({ program }), "test", { page: { ...page, say: "--help $(id)" } });
  assert.deepEqual((await readFile(join(folder, "said"), "utf8")).split("\n"), [
    "--app-name=fettle",
    "--urgency=low",
    "--",
    "Test: --help $(id)",
    "",
    "",
  ]);
  await assert.rejects(tell(desktop({ program: join(folder, "nothing") }), "open"), { code: "DELIVERY_FAILED" });
});

test("webhook signs the body with its instant, and tells nobody of the other ways", async () => {
  await using receiver = await startReceiver();
  await tell(webhook({ url: `${receiver.url}/in`, secret: "s3cret" }), "open");
  const [got] = receiver.received;
  const told = JSON.parse(got?.body ?? "");
  assert.deepEqual([told.act, told.token, told.page.victims, told.page.deliveries], ["open", "0d9f", 37, undefined]);
  const [timestamp, signature] = [String(got?.headers["fettle-timestamp"]), String(got?.headers["fettle-signature"])];
  assert.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 30);
  assert.ok(isSignature(signature, "s3cret", timestamp, got?.body ?? ""));
  assert.ok(!isSignature(signature, "s3cret", timestamp, `${got?.body} `));
  assert.ok(!isSignature(signature, "other", timestamp, got?.body ?? ""));
  assert.ok(!isSignature(signature, "s3cret", String(Number(timestamp) + 1), got?.body ?? ""));
});

test("slack posts a text in which nothing is markup", async () => {
  await using receiver = await startReceiver();
  await tell(slack({ url: receiver.url }), "resolve");
  const told = JSON.parse(receiver.received[0]?.body ?? "");
  assert.equal(told.text, "✅ Resolved: 37 × postgres/failover prod-7: Cannot reach &lt;db-7&gt; &amp; co");
  assert.deepEqual(told.blocks[0].text, {
    type: "plain_text",
    text: "✅ Resolved: 37 × postgres/failover prod-7: Cannot reach <db-7> & co",
  });
});

test("pagerduty triggers, acknowledges and resolves one incident, and another one when a page calls anew", async () => {
  await using receiver = await startReceiver();
  const way = pagerduty({ routingKey: "s3cret", url: receiver.url });
  await tell(way, "open");
  await tell(way, "acknowledge");
  await tell(way, "open", { token: "0d9f-2", formerToken: "0d9f" });
  await tell(way, "resolve", { token: "0d9f-2" });
  const events = receiver.received.map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    events.map((event) => [event.routing_key, event.event_action, event.dedup_key]),
    [
      ["s3cret", "trigger", "0d9f"],
      ["s3cret", "acknowledge", "0d9f"],
      ["s3cret", "resolve", "0d9f"],
      ["s3cret", "trigger", "0d9f-2"],
      ["s3cret", "resolve", "0d9f-2"],
    ],
  );
  const { summary, severity, source } = events[0].payload;
  assert.deepEqual(
    [summary, severity, source],
    ["CRITICAL: 37 × postgres/failover prod-7: Cannot reach <db-7> & co", "critical", "fettle"],
  );
  receiver.received.length = 0;
  await tell(way, "test");
  assert.deepEqual(
    receiver.received.map(({ body }) => JSON.parse(body).event_action),
    ["trigger", "resolve"],
  );
});

interface Mails extends AsyncDisposable {
  readonly port: number;
  readonly mails: { readonly to: string[]; readonly text: string }[];
}

async function startMail(options: SMTPServerOptions): Promise<Mails> {
  const mails: Mails["mails"] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onData(stream, session, done) {
      void text(stream).then((said) => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: said });
        done();
      });
    },
    ...options,
  });
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test("smtp sends the mails of a page as one conversation", async () => {
  await using server = await startMail({ authOptional: true });
  const way = smtp({ url: `smtp://127.0.0.1:${server.port}`, from: "fettle@example.org", to: ["ana@example.org", "ben@example.org"] });
  await tell(way, "open", { page: { ...page, say: "one\r\nBcc: eve@example.org" } });
  await tell(way, "resolve");
  const [first, second] = server.mails;
  assert.deepEqual(first?.to, ["ana@example.org", "ben@example.org"]);
  assert.match(first?.text ?? "", /^Message-ID: <0d9f@example\.org>\r$/m);
  assert.match(second?.text ?? "", /^In-Reply-To: <0d9f@example\.org>\r$/m);
  assert.match(second?.text ?? "", /^To: ana@example\.org, ben@example\.org\r$/m);
  assert.doesNotMatch(first?.text.split("\r\n\r\n")[0] ?? "", /^Bcc:/m);
});

test("smtp gives its password to the server, and to no error", async () => {
  const tried: unknown[] = [];
  await using server = await startMail({
    onAuth({ username, password }, _session, done) {
      tried.push([username, password]);
      done(new Error(`${password} is wrong`));
    },
  });
  const way = smtp({ url: `smtp://ana:s3cret%40@127.0.0.1:${server.port}`, from: "f@example.org", to: "a@example.org" });
  await assert.rejects(tell(way, "open"), (error: Error) => {
    assert.match(error.message, /^smtp refused it with 535$/);
    assert.ok(!JSON.stringify([error, error.stack, error.cause]).includes("s3cret"));
    return true;
  });
  assert.deepEqual(tried, [["ana", "s3cret@"]]);
});

test("a way that is refused, cut off, sent elsewhere or not answered fails, and its secrets are in no error", async () => {
  await using receiver = await startReceiver();
  const url = (path: string) => `${receiver.url}${path}?s3cret`;
  const ways = () => [
    slack({ url: url("/slack") }),
    webhook({ url: url("/hook"), secret: "s3cret" }),
    pagerduty({ url: url("/pd"), routingKey: "s3cret" }),
  ];
  const refused = async (way: Way, message: RegExp, abort = AbortSignal.timeout(20_000)) =>
    assert.rejects(way.tell(notice("open"), abort), (error: Error & { code: string }) => {
      assert.match(error.message, message);
      assert.equal(error.code, "DELIVERY_FAILED");
      assert.ok(!JSON.stringify([error, error.stack, error.cause]).includes("s3cret"));
      return true;
    });
  receiver.answer = 403;
  for (const way of ways()) await refused(way, /^\w+ refused it with status 403$/);
  receiver.answer = 302;
  for (const way of ways()) await refused(way, /^\w+ cannot be reached: /);
  assert.ok(!receiver.received.some(({ path }) => path === "/elsewhere"));
  receiver.answer = "silence";
  for (const way of ways()) await refused(way, /^\w+ cannot be reached: /, AbortSignal.timeout(50));
  await refused(slack({ url: "http://127.0.0.1:1/s3cret" }), /^slack cannot be reached: /);
});

test("a secret that is absent is refused when the config is made, and none is ever told", () => {
  const wrong: readonly (() => Way)[] = [
    () => slack({ url: undefined }),
    () => slack({ url: "s3cret" }),
    () => slack({ url: "file:///s3cret" }),
    () => webhook({ url: "https://example.org", secret: "" }),
    () => pagerduty({ routingKey: undefined }),
    () => smtp({ url: "https://s3cret@example.org", from: "a", to: "b" }),
    () => smtp({ url: undefined, from: "a", to: "b" }),
  ];
  for (const make of wrong) {
    assert.throws(
      make,
      (error: Error & { code: string }) =>
        error.code === "BAD_CONFIG" && !String(error.stack).includes("s3cret@") && !error.message.includes("s3cret"),
    );
  }
});
