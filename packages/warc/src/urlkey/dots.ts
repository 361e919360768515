/**
 * Takes `.` and `..` out of a path (RFC 3986 5.2.4). An empty segment counts as one, as in browsers: `/a//..` is `/a/`.
 * A path that does not start with a slash has no steps to take and stays as it is.
 */
export function resolveDots(path: string): string {
  if (!path.startsWith("/") || !path.includes("/.")) return path;
  const kept: string[] = [];
  const segments = path.slice(1).split("/");
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === "." || last === "..") kept.push("");
  return `/${kept.join("/")}`;
}

/** `//` as `/`, however many. */
export function collapseSlashes(path: string): string {
  return path.includes("//") ? path.replace(/\/\/+/g, "/") : path;
}
