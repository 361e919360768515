/** The query's parameters by name, then by value, in byte order; those without a value stand before those with an empty one. */
export function sortQuery(query: string): string {
  if (!query.includes("&")) return query;
  const parameters = query.split("&");
  return parameters.sort(compareParameters).join("&");
}

function compareParameters(a: string, b: string): number {
  const [nameA, nameB] = [nameOf(a), nameOf(b)];
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function nameOf(parameter: string): string {
  const equals = parameter.indexOf("=");
  return equals === -1 ? parameter : parameter.slice(0, equals);
}
