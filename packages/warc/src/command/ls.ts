import { type Checked, checkFiles } from "./check-files.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print, say } from "./output.ts";

/** `warc ls`: a line, or an object, a record; findings are talk. */
export async function ls(paths: readonly string[], { json }: { readonly json?: boolean }): Promise<ExitCode> {
  const { code } = await checkFiles(paths, {
    record: (checked) => print(json ? JSON.stringify(listing(checked)) : line(checked)),
    finding: async (finding, file) => {
      // `warc validate` lists them all.
      if (finding.severity === "error") say(findingLine(finding, file));
    },
  });
  return code;
}

/** The shape is frozen: fields may come, none goes or changes. */
function listing({ file, record, extent, verdicts }: Checked): Readonly<Record<string, unknown>> {
  const { number, format, version, type, targetUri, id, date, contentType, contentLength } = record;
  return {
    file,
    record: number,
    offset: record.offset,
    length: extent.length ?? null,
    plainOffset: record.plainOffset,
    plainLength: extent.plainLength,
    format,
    version,
    type: type ?? null,
    targetUri: targetUri ?? null,
    recordId: id ?? null,
    date: date ?? null,
    contentType: contentType ?? null,
    contentLength: contentLength ?? null,
    blockDigest: verdicts.block,
    payloadDigest: verdicts.payload,
    payloadConvention: verdicts.convention ?? null,
    truncated: record.fields.get("WARC-Truncated") ?? null,
  };
}

function line({ file, record, extent }: Checked): string {
  const fields = [
    `${file}:${record.offset}`,
    extent.length ?? "-",
    record.type ?? "-",
    record.date ?? "-",
    record.contentType ?? "-",
    record.targetUri ?? "-",
  ];
  return fields.join("\t");
}
