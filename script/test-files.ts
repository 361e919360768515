import { globSync } from "node:fs";
import { relative, resolve, sep } from "node:path";

export interface TestFiles {
  readonly quick: readonly string[];
  /** `*.slow.test.ts`: too long to run at each change. */
  readonly slow: readonly string[];
  /** The slow ones that were named outright. */
  readonly named: readonly string[];
}

const everywhere = "{packages/*/{src,test,conformance,docs},fleets/*/{src,test},examples,learn,bench,demo,script,test}/**/*.test.ts";

/** The test files below any of `paths`, or all of them when there are none. A path outside the tree finds nothing. */
export function findTests(root: string, paths: readonly string[]): TestFiles {
  const below = paths.map((path) => relative(root, resolve(root, path)));
  const files = globSync(everywhere, { cwd: root, exclude: ["**/node_modules", "**/dist"] })
    .filter((file) => below.length === 0 || below.some((path) => path === "" || file === path || file.startsWith(path + sep)))
    .sort();
  const isSlow = (file: string) => file.endsWith(".slow.test.ts");
  const slow = files.filter(isSlow);
  return { quick: files.filter((file) => !isSlow(file)), slow, named: slow.filter((file) => below.includes(file)) };
}
