import { firstBytes } from "../bytes/first-bytes.ts";
import type { Finding } from "../finding.ts";
import { readEntry } from "../zip/open-entry.ts";
import type { ZipFile } from "../zip/zip-file.ts";
import { datapackagePath, digestPath } from "./datapackage.ts";
import { parseObject } from "./page.ts";
import { sha256Through } from "./resource-writer.ts";
import { waczFinding } from "./wacz-finding.ts";

/** Bytes of a `datapackage-digest.json` that are read: it may hold chains of certificates. */
const longestDigest = 1 << 20;

/** What a `datapackage-digest.json` says; undefined where there is none that can be read. */
export async function readDigest(zip: ZipFile): Promise<Readonly<Record<string, unknown>> | undefined> {
  const entry = zip.entries.get(digestPath);
  if (!entry || entry.size > longestDigest) return undefined;
  return parseObject(new TextDecoder().decode(await firstBytes(readEntry(zip, entry), longestDigest)));
}

/** Checks that `datapackage-digest.json`, where there is one, has the digest of `datapackage.json` (WACZ 1.1.1, datapackage-digest.json). */
export async function* checkDigestFile(zip: ZipFile): AsyncGenerator<Finding, void> {
  const entry = zip.entries.get(digestPath);
  const datapackage = zip.entries.get(datapackagePath);
  if (!entry || !datapackage) return;
  const digest = await readDigest(zip);
  if (!digest) return yield waczFinding("WACZ_BAD_DIGEST", `${digestPath} is no JSON object that can be read`, { entry });
  if (digest["path"] !== datapackagePath)
    yield waczFinding("WACZ_BAD_DIGEST", `The path in ${digestPath} is not "${datapackagePath}"`, { entry });
  const computed = await sha256Through(readEntry(zip, datapackage));
  if (digest["hash"] !== computed)
    yield waczFinding("WACZ_BAD_DIGEST", `${datapackagePath} has ${computed}, expected what ${digestPath} says`, { entry });
}
