import { arc } from "./clauses/arc.ts";
import { fieldForms, fieldsInGeneral } from "./clauses/fields.ts";
import { fileModel } from "./clauses/file-model.ts";
import { httpMessages } from "./clauses/http.ts";
import { packing } from "./clauses/packed.ts";
import { recordTypes } from "./clauses/types.ts";
import type { Requirement } from "./requirement.ts";

/** All that the suite asks of a reader, by clause. */
export const requirements: readonly Requirement[] = [
  ...fileModel,
  ...fieldsInGeneral,
  ...fieldForms,
  ...recordTypes,
  ...packing,
  ...arc,
  ...httpMessages,
];
