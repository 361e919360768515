import { floor } from "./floor-sql.ts";

/** Rows of a batch lie on the same pages. */
export const contender = floor("neighbours");
