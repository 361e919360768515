import type { Command } from "./command.ts";

/** Every command of fettle's own, in the order of `fettle --help`; each is read only when it is wanted. */
export const catalogue: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("./init.ts")).init,
  up: async () => (await import("./up.ts")).up,
  ls: async () => (await import("./ls.ts")).ls,
  show: async () => (await import("./show.ts")).show,
  start: async () => (await import("./start.ts")).start,
  signal: async () => (await import("./signal.ts")).signal,
  retry: async () => (await import("./retry.ts")).retry,
  history: async () => (await import("./history.ts")).history,
  watch: async () => (await import("./watch.ts")).watch,
  diagram: async () => (await import("./diagram.ts")).diagram,
  pages: async () => (await import("./pages.ts")).pages,
  ack: async () => (await import("./ack.ts")).ack,
  doctor: async () => (await import("./doctor.ts")).doctor,
  roles: async () => (await import("./roles.ts")).roles,
  check: async () => (await import("./check.ts")).check,
};
