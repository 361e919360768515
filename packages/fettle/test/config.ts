/** A config whose machines end, fail, wait and listen, each at once. */
export const config = `
import { defineConfig, FettleError, machine, none, object } from "fettle";

const failover = machine({
  name: "postgres/failover",
  about: "Mends a cluster",
  data: object({ broken: "boolean?" }),
  start: "confirming",
  transitions: { confirming: ["fencing"], fencing: ["recovered"], recovered: [] },
  policy: { fencing: { retry: { attempts: 1 } } },
  states: {
    async confirming(it) { return it.to("fencing"); },
    async fencing(it) {
      if (!it.data.broken) return it.to("recovered");
      throw new FettleError("SSH_TIMEOUT", \`Cannot reach \${it.key}.eu over SSH: no answer in 10s\`, { fix: \`Check that \${it.key}.eu is up\` });
    },
    async recovered(it) { return it.done(); },
  },
});

const heart = machine({
  name: "heart",
  data: object({ beats: "number?" }),
  signals: { stop: none, beat: object({ times: "number" }) },
  start: "beating",
  transitions: { beating: ["still"], still: [] },
  states: {
    async beating(it) {
      const beat = it.take("beat");
      if (beat) return it.wait("1h", { beats: beat.times });
      return it.take("stop") ? it.to("still") : it.wait("1h");
    },
    async still(it) { return it.done("at rest"); },
  },
});

const deaf = machine({
  name: "deaf",
  data: object({}),
  start: "musing",
  transitions: { musing: [] },
  states: {
    async musing(it) {
      it.log("hears nothing");
      return new Promise(() => setInterval(() => undefined, 1000));
    },
  },
});

const endless = machine({
  name: "endless",
  data: object({}),
  start: "looping",
  transitions: { looping: [] },
  states: {
    async looping() {
      for (;;);
    },
  },
});

export default defineConfig({ machines: [failover, heart, deaf, endless] });
`;
