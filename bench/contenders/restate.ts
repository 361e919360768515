import * as restate from "@restatedev/restate-sdk";
import { type Contender, type Data, dataOf, type Engine, type Entered, keyOf, states, type Work } from "./contender.ts";
import { startRestate } from "./restate-server.ts";
import { versionOf } from "./version-of.ts";

export const contender: Contender = {
  version: versionOf("@restatedev/restate-server"),
  setup: "one server as it comes, its own log with fsync, one endpoint over HTTP/2",
  lacks: "not in Postgres; no transition table or deadlines; a step is an entry of its invocation's journal",
  share: 0.03,
  processes: 1,
  isQueue: false,
  hasOwnStore: true,
  open,
};

async function open(work: Work): Promise<Engine> {
  let note: Entered = () => undefined;
  const service = restate.service({
    name: "bench",
    handlers: {
      async four(context: restate.Context, data: Data) {
        for (const state of states) {
          await context.run(state, () => {
            note(state, data.cluster);
            return { ...data, checks: data.checks + 1 };
          });
        }
      },
    },
  });
  const server = await startRestate(service);
  return {
    /** The endpoint is away meanwhile, and the server tries again and again to reach it. */
    async load() {
      await server.leave();
      const lanes = Array.from({ length: 50 }, async (_, lane) => {
        for (let number = lane + 1; number <= work.keys; number += 50) await server.send("bench/four", dataOf(keyOf(number)));
      });
      await Promise.all(lanes);
    },
    async work(entered) {
      note = entered;
      await server.come();
    },
    left: () => server.left(),
    start: (key) => server.send("bench/four", dataOf(key)),
    [Symbol.asyncDispose]: () => server.leave(),
  };
}
