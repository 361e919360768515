import { addBrowse } from "./browse.ts";
import type { AddCommand } from "./command.ts";
import { addConvert } from "./convert.ts";
import { addDedupe } from "./dedupe.ts";
import { addDiff } from "./diff.ts";
import { addExtract } from "./extract.ts";
import { addFetch } from "./fetch.ts";
import { addFilter } from "./filter.ts";
import { addHead } from "./head.ts";
import { addIndex } from "./index-archives.ts";
import { addLinks } from "./links.ts";
import { addLookup } from "./lookup.ts";
import { addLs } from "./ls.ts";
import { addMend } from "./mend.ts";
import { addMerge } from "./merge.ts";
import { addPayload } from "./payload.ts";
import { addRecompress } from "./recompress.ts";
import { addSegment } from "./segment.ts";
import { addServe } from "./serve.ts";
import { addShow } from "./show.ts";
import { addSplit } from "./split.ts";
import { addStats } from "./stats.ts";
import { addText } from "./text.ts";
import { addValidate } from "./validate.ts";
import { addWacz } from "./wacz.ts";

/** In the order of the help. */
export const commands: readonly AddCommand[] = [
  // Looking.
  addLs,
  addShow,
  addHead,
  addPayload,
  addBrowse,
  addFilter,
  addStats,
  addDiff,
  // Taking out.
  addExtract,
  addText,
  addLinks,
  // Indexes and replay.
  addIndex,
  addLookup,
  addServe,
  addWacz,
  // Soundness.
  addValidate,
  addMend,
  addRecompress,
  addConvert,
  addMerge,
  addSplit,
  addSegment,
  // New archives.
  addFetch,
  addDedupe,
];
