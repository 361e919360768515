import { course } from "./course.ts";
import type { PostgresServer } from "./postgres-server.ts";
import type { Fault, Sent } from "./wire-proxy.ts";

/** What happens at a point: a statement of the scenario. */
export const fates = {
  "cut before": () => ({ when: "before", act: async () => "cut" }),
  "cut after": () => ({ when: "after", act: async () => "cut" }),
  "restart before": (server) => ({ when: "before", act: () => restart(server) }),
  "restart after": (server) => ({ when: "after", act: () => restart(server) }),
} as const satisfies Record<string, (server: PostgresServer) => Fault>;

export type Fate = keyof typeof fates;

export interface Point extends Sent {
  readonly fate: Fate;
}

/** The points to break, of a course in which nothing was: every statement that writes, and `reads` of each that only reads. */
export function pointsOf(sent: readonly Sent[], wanted: { fates: readonly Fate[]; writes: number; reads: number }): Point[] {
  return [...Map.groupBy(sent, ({ text }) => text).values()].flatMap((same) => {
    const most = /\b(insert|update|delete|start_run|send_to)\b/.test(same[0]?.text ?? "") ? wanted.writes : wanted.reads;
    const step = Math.max(1, same.length / most);
    const chosen = Array.from({ length: Math.min(most, same.length) }, (_, index) => same[Math.floor(index * step)] as Sent);
    return chosen.flatMap((one) => wanted.fates.map((fate) => ({ ...one, fate })));
  });
}

/** One course for each point, `lanes` at a time, each lane on a server of its own. Returns the points that were struck. */
export async function breakAt(points: readonly Point[], lanes: readonly Lane[]): Promise<Verdict> {
  const left = [...points];
  const struck: Point[] = [];
  const broken: string[] = [];
  const lane = async ({ server, template }: Lane) => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) {
      const { text, nth, fate } = point;
      let isStruck = false;
      const fault = fates[fate](server);
      const faultAt = (sent: Sent) => {
        if (isStruck || sent.text !== text || sent.nth !== nth) return undefined;
        isStruck = true;
        return fault;
      };
      const ended = await course(server, template, faultAt).catch((error: unknown) => ({ broken: [String(error)] }));
      if (isStruck) struck.push(point);
      broken.push(...ended.broken.map((what) => `${fate} ${nth} of "${spelt(text)}": ${what}`));
    }
  };
  await Promise.all(lanes.map(lane));
  return { struck, broken };
}

export interface Lane {
  readonly server: PostgresServer;
  readonly template: string;
}

export interface Verdict {
  readonly struck: readonly Point[];
  readonly broken: readonly string[];
}

function spelt(text: string): string {
  return text.trim().replace(/\s+/g, " ").slice(0, 90);
}

async function restart(server: PostgresServer): Promise<"cut"> {
  await server.restart();
  return "cut";
}
