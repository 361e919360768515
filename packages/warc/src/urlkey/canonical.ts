import { collapseSlashes, resolveDots } from "./dots.ts";
import { lookedUpHost, opaqueHost, preciseHost, withoutWww } from "./host.ts";
import { sortQuery } from "./order.ts";
import { byteText, decodeFully, encode } from "./percent.ts";
import { urlcanonSession, waybackSession, withoutJavaPathSession, withoutPathSession, withoutSession } from "./session.ts";
import { defaultPorts, joinUrl, splitUrl, type UrlParts } from "./split.ts";

/**
 * | name | which URLs it holds to be one | elsewhere |
 * | --- | --- | --- |
 * | `google` | those that a browser asks the same server for, in the same words | `GoogleURLCanonicalizer`, `BasicURLCanonicalizer` |
 * | `ordinary` | and those that differ in a default port or an empty query | `OrdinaryIAURLCanonicalizer` |
 * | `wayback` | and those that differ in `www.`, letter case, order of parameters, session ids, a last slash: keys of nearly all indexes | `AggressiveIAURLCanonicalizer`, `surt`, pywb, jwarc |
 * | `precise` | those that the URL Standard reads alike, and that differ in order of parameters; the fragment stays | urlcanon's `semantic_precise` |
 * | `aggressive` | as `wayback`, and http with https | urlcanon's `aggressive` |
 */
export type Canonicaliser = "google" | "ordinary" | "wayback" | "precise" | "aggressive";

/**
 * The one spelling of all URLs that the canonicaliser holds to be the same. Text is taken as UTF-8; bytes are taken as they are.
 * Takes whatever it is given and never throws. Applied to its own result it changes nothing more, but that `wayback` and `aggressive` take
 * away one `www.` each time, as all indexes have it, and a session id that stood before another in one parameter. Linear in the length, but
 * for the order of parameters.
 */
export function canonicalUrl(url: string | Uint8Array, by: Canonicaliser): string {
  const text = byteText(url);
  return text === "" ? "" : joinUrl(canonicalParts(text, by));
}

/** The same, in pieces, for text that is bytes already. */
export function canonicalParts(text: string, by: Canonicaliser): UrlParts {
  const url = splitUrl(text);
  for (const step of canonicalisers[by]) step(url);
  return url;
}

type Step = (url: UrlParts) => void;

const dropFragment: Step = (url) => {
  url.fragment = undefined;
};

const dropUserinfo: Step = (url) => {
  url.userinfo = "";
};

const dropDefaultPort: Step = (url) => {
  if (url.port === defaultPorts.get(url.scheme)) url.port = "";
};

/** Google Safe Browsing's rule; a path of a scheme without hosts is no path and only its codes are read. */
const spellAsGoogle: Step = (url) => {
  url.userinfo = encode(url.userinfo, "@");
  if (url.hasAuthority) url.host = lookedUpHost(url.host);
  const path = decodeFully(url.path, keptInPath(url));
  url.path = encode(url.hasAuthority ? collapseSlashes(resolveDots(path)) || "/" : path, "?");
  // An encoded `&` is part of a value and not the end of it. webarchive-commons and surt decode it, and surt's own tests call that a failure.
  if (url.query !== undefined) url.query = spellQuery(url.query, "&");
};

/** What would end the path or, where no host stands before it, make its start one. */
function keptInPath(url: UrlParts): string {
  return url.hasAuthority ? "?" : "?/";
}

function spellQuery(query: string, keep: string): string {
  return encode(decodeFully(query, keep), "");
}

const spellPrecisely: Step = (url) => {
  const isSpecial = defaultPorts.has(url.scheme) || url.scheme === "file";
  const path = resolveDots(decodeFully(url.path, keptInPath(url)));
  if (url.hasAuthority) url.host = isSpecial ? preciseHost(url.host) : opaqueHost(url.host);
  url.path = encode(isSpecial ? collapseSlashes(path) || "/" : path, "?");
  if (url.query !== undefined) url.query = spellQuery(url.query, "&=");
  if (url.fragment !== undefined) url.fragment = encode(decodeFully(url.fragment, ""), "");
};

const dropWww: Step = (url) => {
  url.host = withoutWww(url.host);
};

const dropLastSlashes: Step = (url) => {
  let end = url.path.length;
  while (end > 1 && url.path.charCodeAt(end - 1) === 0x2f) end--;
  url.path = url.path.slice(0, end);
};

const collapse: Step = (url) => {
  if (url.hasAuthority) url.path = collapseSlashes(url.path);
};

const lowerCase: Step = (url) => {
  url.host = url.host.toLowerCase();
  url.path = url.path.toLowerCase();
  url.query = url.query?.toLowerCase();
};

const orderQuery: Step = (url) => {
  if (url.query !== undefined) url.query = sortQuery(url.query);
};

const dropEmptyQuery: Step = (url) => {
  if (url.query === "") url.query = undefined;
};

const dropEmptyParameters: Step = (url) => {
  if (url.query?.includes("&"))
    url.query = url.query
      .split("&")
      .filter((parameter) => parameter !== "")
      .join("&");
};

const dropSession: Step = (url) => {
  if (url.hasAuthority) url.path = withoutPathSession(url.path);
  // Spelled again, since what stood on both sides of an id may now be a code.
  if (url.query !== undefined) url.query = spellQuery(withoutSession(url.query, waybackSession), "&");
};

const dropUrlcanonSession: Step = (url) => {
  if (url.hasAuthority) url.path = withoutJavaPathSession(withoutPathSession(url.path));
  if (url.query !== undefined) url.query = spellQuery(withoutSession(url.query, urlcanonSession), "&=");
};

const plainHttp: Step = (url) => {
  if (url.scheme === "https") url.scheme = "http";
};

const google = [dropFragment, spellAsGoogle];
const ordinary = [...google, dropDefaultPort, dropEmptyQuery];
const precise = [dropUserinfo, spellPrecisely, dropDefaultPort];

const canonicalisers: Readonly<Record<Canonicaliser, readonly Step[]>> = {
  google,
  ordinary,
  wayback: [...google, dropUserinfo, dropWww, dropDefaultPort, dropSession, lowerCase, dropLastSlashes, orderQuery, dropEmptyQuery],
  precise: [...precise, orderQuery],
  aggressive: [
    dropFragment,
    ...precise,
    dropWww,
    plainHttp,
    dropDefaultPort,
    collapse,
    lowerCase,
    dropUrlcanonSession,
    dropLastSlashes,
    dropEmptyParameters,
    orderQuery,
    dropEmptyQuery,
  ],
};
