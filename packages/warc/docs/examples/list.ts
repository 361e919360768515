import { readRecords } from "@fettle/warc";
import { openFile } from "@fettle/warc/node";

await using file = await openFile("clipped.warc.gz");
for await (const record of readRecords(file, { report: ({ code, message }) => console.warn(code, message) })) {
  console.log(record.type, record.targetUri);
}
