/** Where the parts of a cluster lie: for each the paths of its copies, the best one first, as its `.loc` file has them. */
export type Locations = ReadonlyMap<string, readonly string[]>;

/** Reads `part<TAB>path<TAB>path…`, a line each. */
export function parseLocations(text: string): Locations {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [part = "", ...paths] = line.split("\t");
      return [part, paths];
    }),
  );
}

export function formatLocations(locations: Locations): string {
  return [...locations].map(([part, paths]) => `${[part, ...paths].join("\t")}\n`).join("");
}
