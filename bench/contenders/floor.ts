import { floor } from "./floor-sql.ts";

/** Rows of a batch lie anywhere in the table. */
export const contender = floor("scattered");
