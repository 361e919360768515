import type { AddCommand } from "./command.ts";

/** By name, in the order of the help. Each is loaded when it is wanted: together they need the whole library. */
export const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  // Looking.
  ls: async () => (await import("./ls.ts")).addLs,
  show: async () => (await import("./show.ts")).addShow,
  head: async () => (await import("./head.ts")).addHead,
  payload: async () => (await import("./payload.ts")).addPayload,
  browse: async () => (await import("./browse.ts")).addBrowse,
  filter: async () => (await import("./filter.ts")).addFilter,
  stats: async () => (await import("./stats.ts")).addStats,
  diff: async () => (await import("./diff.ts")).addDiff,
  // Taking out.
  extract: async () => (await import("./extract.ts")).addExtract,
  text: async () => (await import("./text.ts")).addText,
  links: async () => (await import("./links.ts")).addLinks,
  // Indexes and replay.
  index: async () => (await import("./index-archives.ts")).addIndex,
  lookup: async () => (await import("./lookup.ts")).addLookup,
  serve: async () => (await import("./serve.ts")).addServe,
  wacz: async () => (await import("./wacz.ts")).addWacz,
  // Soundness.
  validate: async () => (await import("./validate.ts")).addValidate,
  mend: async () => (await import("./mend.ts")).addMend,
  recompress: async () => (await import("./recompress.ts")).addRecompress,
  convert: async () => (await import("./convert.ts")).addConvert,
  merge: async () => (await import("./merge.ts")).addMerge,
  split: async () => (await import("./split.ts")).addSplit,
  segment: async () => (await import("./segment.ts")).addSegment,
  // New archives.
  fetch: async () => (await import("./fetch.ts")).addFetch,
  dedupe: async () => (await import("./dedupe.ts")).addDedupe,
};
