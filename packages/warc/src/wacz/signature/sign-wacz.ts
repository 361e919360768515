import type { RandomAccess } from "../../bytes/input.ts";
import { readChunks } from "../../bytes/input.ts";
import { WarcError } from "../../error.ts";
import { openPacked, readEntry } from "../../zip/open-entry.ts";
import { type ByteSink, ZipWriter } from "../../zip/zip-writer.ts";
import { datapackagePath, digestPath, formatDigest } from "../datapackage.ts";
import { isDateTime } from "../page.ts";
import { sha256Through } from "../resource-writer.ts";
import { Wacz } from "../wacz.ts";
import { type AnonymousSignature, type SigningKey, signHash } from "./sign.ts";

/**
 * Writes a WACZ file again, signed, with all files as they lie in it but `datapackage-digest.json`. The signature has the date of
 * `datapackage.json`, since py-wacz refuses a file whose two dates differ. What the file holds is not looked at: `checkContents` does that.
 * Throws `NOT_WACZ` where it has no `datapackage.json`, or a file that cannot be copied.
 */
export async function signWacz(
  input: RandomAccess,
  sink: ByteSink,
  { key, software = "@fettle/warc" }: { readonly key: SigningKey; readonly software?: string },
): Promise<AnonymousSignature> {
  const wacz = await Wacz.open(input);
  const { entries } = wacz.zip;
  const entry = entries.get(datapackagePath);
  const datapackage = await wacz.datapackage();
  if (!entry || !datapackage) throw notWacz(`it has no ${datapackagePath} that can be read`);
  const created = isDateTime(datapackage["created"]) ? datapackage["created"] : new Date().toISOString();
  const signature = await signHash(await sha256Through(readEntry(wacz.zip, entry)), key, { created, software });
  const zip = new ZipWriter(sink, new Date(created));
  for (const file of entries.values()) {
    if (file.name === digestPath) continue;
    const packed = file.encrypted ? undefined : await openPacked(wacz.zip, file);
    if (!packed || "code" in packed) throw notWacz(`${file.name} is encrypted or damaged`);
    await zip.copy(file, readChunks(packed, 0));
  }
  const digest = await zip.begin(digestPath);
  await digest.write(new TextEncoder().encode(formatDigest(signature.hash, signature)));
  await digest.end();
  await zip.end();
  return signature;
}

function notWacz(problem: string): WarcError {
  return new WarcError("NOT_WACZ", `Cannot sign the file: ${problem}`, "See what is wrong with it: warc wacz validate");
}
