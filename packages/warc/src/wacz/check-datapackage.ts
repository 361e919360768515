import type { Algorithm } from "../digest/algorithm.ts";
import type { Finding } from "../finding.ts";
import type { ZipEntry } from "../zip/entry.ts";
import type { ZipFile } from "../zip/zip-file.ts";
import { filesOf } from "./check-layout.ts";
import { datapackagePath, digestPath } from "./datapackage.ts";
import { isDateTime } from "./page.ts";
import { waczFinding } from "./wacz-finding.ts";

/** What a file should be. */
export interface Listed {
  readonly entry: ZipEntry;
  readonly bytes: number | undefined;
  /** Undefined where it cannot be told, or is not. */
  readonly hash: { readonly algorithm: Algorithm; readonly hex: string } | undefined;
}

export interface CheckedDatapackage {
  readonly listed: readonly Listed[];
  readonly findings: readonly Finding[];
}

/** Checks what `datapackage.json` says, and whether it lists all files and no others (WACZ 1.1.1, datapackage.json). */
export function checkDatapackage(zip: ZipFile, datapackage: Readonly<Record<string, unknown>> | undefined): CheckedDatapackage {
  const entry = zip.entries.get(datapackagePath);
  if (!entry) return { listed: [], findings: [waczFinding("WACZ_NO_DATAPACKAGE", `There is no ${datapackagePath}`)] };
  if (!datapackage) {
    const message = `${datapackagePath} is no JSON object that can be read`;
    return { listed: [], findings: [waczFinding("WACZ_BAD_DATAPACKAGE", message, { entry })] };
  }
  const findings = [...checkProperties(datapackage, entry)];
  const { resources } = datapackage;
  if (!Array.isArray(resources)) findings.push(waczFinding("WACZ_BAD_DATAPACKAGE", "There is no list of resources", { entry }));
  const listed = new Map<string, Listed>();
  for (const resource of Array.isArray(resources) ? resources : []) {
    const read = readResource(resource, zip, entry, findings);
    if (read) listed.set(read.entry.name, read);
  }
  for (const file of filesOf(zip))
    if (file.name !== datapackagePath && file.name !== digestPath && !listed.has(file.name))
      findings.push(waczFinding("WACZ_UNLISTED_FILE", `${file.name} is not in the list of resources`, { entry: file }));
  return { listed: [...listed.values()], findings };
}

/** Versions that differ in little: 1.0.0 has sizes and hashes under `stats`, the draft of 1.2.0 another profile. */
const known: ReadonlySet<unknown> = new Set(["1.0.0", "1.1.0", "1.1.1", "1.2.0"]);

function* checkProperties(datapackage: Readonly<Record<string, unknown>>, entry: ZipEntry): Generator<Finding> {
  const { profile, wacz_version: version } = datapackage;
  // The draft of 1.2.0 has this profile, and no version.
  if (profile !== "data-package" && profile !== "wacz")
    yield waczFinding("WACZ_PROFILE", `The profile is ${shown(profile)}, expected "data-package"`, { entry });
  if (version === undefined && profile !== "wacz") yield waczFinding("WACZ_NO_VERSION", "There is no wacz_version", { entry });
  else if (version !== undefined && !known.has(version))
    yield waczFinding("WACZ_OTHER_VERSION", `wacz_version is ${shown(version)}, expected "1.1.1"`, { entry });
  for (const name of ["created", "modified", "mainPageDate"])
    if (datapackage[name] !== undefined && !isDateTime(datapackage[name]))
      yield waczFinding("WACZ_BAD_DATE", `${name} is ${shown(datapackage[name])}, expected a time as RFC 3339 has it`, { entry });
  const missing = ["title", "description", "created", "modified", "software"].filter((name) => datapackage[name] === undefined);
  if (missing.length > 0) yield waczFinding("WACZ_NO_CONTEXT", `There is no ${missing.join(", no ")}: a reader may want it`, { entry });
}

function readResource(resource: unknown, zip: ZipFile, entry: ZipEntry, findings: Finding[]): Listed | undefined {
  const { path, name, bytes, hash, stats, hashing } = fieldsOf(resource);
  if (typeof path !== "string") {
    findings.push(waczFinding("WACZ_BAD_RESOURCE", `A resource has no path: ${shown(resource)}`, { entry }));
    return undefined;
  }
  const old = fieldsOf(stats);
  const isOld = bytes === undefined && hash === undefined && stats !== undefined;
  const size = isOld ? old["bytes"] : bytes;
  const digest = isOld ? readHash(`${hashing}:${old["hash"]}`) : readHash(hash);
  if (isOld) findings.push(waczFinding("WACZ_OLD_RESOURCE", `${path} has its size and hash under stats, as in 1.0.0`, { entry }));
  const lacks = [
    typeof name !== "string" && !isOld && "name",
    typeof size !== "number" && "bytes",
    digest === undefined && "hash of a known kind",
  ].filter((problem) => problem !== false);
  if (lacks.length > 0) findings.push(waczFinding("WACZ_BAD_RESOURCE", `${shown(path)} has no ${lacks.join(", no ")}`, { entry }));
  const file = zip.entries.get(path);
  if (!file)
    findings.push(waczFinding("WACZ_MISSING_FILE", `${shown(path)} is in the list of resources, and not in the ZIP file`, { entry }));
  return file && { entry: file, bytes: typeof size === "number" ? size : undefined, hash: digest };
}

const hexLengths: Readonly<Record<string, readonly [Algorithm, number]>> = {
  md5: ["md5", 32],
  sha1: ["sha1", 40],
  sha256: ["sha256", 64],
  sha512: ["sha512", 128],
};

function readHash(hash: unknown): Listed["hash"] {
  const [, label = "", hex = ""] = /^([a-z0-9]+):([0-9a-f]+)$/i.exec(typeof hash === "string" ? hash : "") ?? [];
  const [algorithm, length] = hexLengths[label.toLowerCase()] ?? [];
  return algorithm && hex.length === length ? { algorithm, hex: hex.toLowerCase() } : undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "missing").slice(0, 80);
}
