/** A file of a WACZ file as its `datapackage.json` lists it (WACZ 1.1.1, datapackage.json). */
export interface Resource {
  readonly name: string;
  /** From the root of the WACZ file. */
  readonly path: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
  readonly bytes: number;
}

/** What a collection says of itself. */
export interface Description {
  readonly title?: string;
  /** In Markdown. */
  readonly description?: string;
  /** What made the file. */
  readonly software?: string;
}

/** The page that a player shows first. */
export interface MainPage {
  readonly url: string;
  /** When it was captured (RFC 3339); that of its first capture unless told. */
  readonly ts?: string;
}

/** The version of the format that is written. */
export const waczVersion = "1.1.1";

export const datapackagePath = "datapackage.json";
export const digestPath = "datapackage-digest.json";

/** The text of `datapackage.json`. */
export function formatDatapackage(
  { title, description, software }: Description,
  resources: readonly Resource[],
  created: Date,
  mainPage: MainPage | undefined,
): string {
  const datapackage = {
    profile: "data-package",
    wacz_version: waczVersion,
    ...(title && { title }),
    ...(description && { description }),
    created: created.toISOString(),
    modified: created.toISOString(),
    ...(software && { software }),
    ...(mainPage && { mainPageUrl: mainPage.url, mainPageDate: mainPage.ts }),
    resources,
  };
  return `${JSON.stringify(datapackage, null, 2)}\n`;
}

/** The text of `datapackage-digest.json`. */
export function formatDigest(hash: string, signedData?: object): string {
  return `${JSON.stringify({ path: datapackagePath, hash, ...(signedData && { signedData }) }, null, 2)}\n`;
}
