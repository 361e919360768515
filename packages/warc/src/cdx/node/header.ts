import { WarcError } from "../../error.ts";
import { parseLegend } from "../cdx.ts";

/** The one header line of all sources of an index. That of CDXJ, `!meta …`, sorts to the top by itself and is no concern here. */
export class Header {
  legend: string | undefined;

  /** Whether the line is a header, and has been taken. Throws `MIXED_LEGENDS` where it is not that of the sources before. */
  take(line: string, source: string): boolean {
    if (parseLegend(line) === undefined) return false;
    this.legend ??= line;
    if (this.legend === line) return true;
    // Lines whose fields mean different things cannot stand in one file.
    throw new WarcError(
      "MIXED_LEGENDS",
      `Cannot put ${source} into an index with the header "${this.legend}": it has "${line}"`,
      "Convert one of them to the other's format first",
    );
  }
}
