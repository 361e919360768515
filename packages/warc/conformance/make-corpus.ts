/** Writes the corpus of sound and broken archives: `node make-corpus.ts FOLDER`. README.md tells what it is and how to use it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCorpus } from "./corpus.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Cannot write the corpus: no folder was named\nFix: node make-corpus.ts FOLDER");
  process.exit(2);
}
const corpus = makeCorpus();
mkdirSync(folder, { recursive: true });
for (const { file, bytes } of corpus) writeFileSync(join(folder, file), bytes);
const described = corpus.map(({ bytes, ...file }) => ({ ...file, size: bytes.length }));
writeFileSync(join(folder, "corpus.json"), `${JSON.stringify(described, null, 1)}\n`);
console.log(`${corpus.length} files and corpus.json are in ${folder}`);
