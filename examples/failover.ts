/** A machine whose table alone draws its diagram: nothing runs, and no store is opened. */

import { diagramText } from "@fettle/engine/diagram";
import { machine } from "fettle";
import { z } from "zod";

/** What the machine needs of the world, given to it by a config file. */
interface Cluster {
  answers(name: string): Promise<boolean>;
  fence(name: string, token: string): Promise<void>;
  promote(name: string, token: string): Promise<void>;
}

// README: from here
export const failover = (cluster: Cluster) =>
  machine({
    name: "failover",
    data: z.object({}),
    start: "confirming",
    transitions: { confirming: ["fencing", "recovered"], fencing: ["promoting"], promoting: ["recovered"], recovered: [] },
    deadlines: [{ reach: "recovered", within: "5m", page: { severity: "critical", say: "The failover is late" } }],
    states: {
      async confirming(it) {
        return it.to((await cluster.answers(it.key)) ? "recovered" : "fencing");
      },
      async fencing(it) {
        await cluster.fence(it.key, it.token);
        return it.to("promoting");
      },
      async promoting(it) {
        await cluster.promote(it.key, it.token);
        return it.to("recovered");
      },
      async recovered(it) {
        return it.done();
      },
    },
  });
// README: to here

const nothing = { answers: async () => true, fence: async () => {}, promote: async () => {} };
console.log(diagramText(failover(nothing)));

// It prints:
// confirming → fencing → promoting → recovered
//   also confirming → recovered
