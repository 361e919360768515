import { WarcWriter } from "@fettle/warc";
import { createFile } from "@fettle/warc/node";

await using writer = new WarcWriter({
  create: createFile,
  name: "notes",
  info: [["operator", "you"]],
});
const written = await writer.append({
  type: "resource",
  date: new Date("2026-01-01T00:00:00Z"),
  targetUri: "https://example.com/",
  contentType: "text/plain",
  block: new TextEncoder().encode("hello"),
});
console.log(written.file);
