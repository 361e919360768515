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
  move: async () => (await import("./move.ts")).move,
  edit: async () => (await import("./edit.ts")).edit,
  cancel: async () => (await import("./cancel.ts")).cancel,
  pause: async () => (await import("./pause.ts")).pause,
  resume: async () => (await import("./pause.ts")).resume,
  approve: async () => (await import("./answer.ts")).approve,
  refuse: async () => (await import("./answer.ts")).refuse,
  mode: async () => (await import("./mode.ts")).mode,
  silence: async () => (await import("./silence.ts")).silence,
  rules: async () => (await import("./rules.ts")).rules,
  breaker: async () => (await import("./breaker.ts")).breaker,
  history: async () => (await import("./history.ts")).history,
  watch: async () => (await import("./watch.ts")).watch,
  diagram: async () => (await import("./diagram.ts")).diagram,
  pages: async () => (await import("./pages.ts")).pages,
  ack: async () => (await import("./ack.ts")).ack,
  check: async () => (await import("./check.ts")).check,
};
