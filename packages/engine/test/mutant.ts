import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = dirname(dirname(fileURLToPath(import.meta.url)));

/** A copy of the engine with one bug put in, to show that a check can fail. It lies inside the package, so that it finds the same dependencies. */
export async function withMutant(file: string, from: string, to: string, test: (copy: string) => Promise<void>): Promise<void> {
  const copy = await mkdtemp(join(home, ".mutant-"));
  try {
    for (const part of ["src", "test", "package.json"]) await cp(join(home, part), join(copy, part), { recursive: true });
    const text = await readFile(join(copy, file), "utf8");
    if (!text.includes(from)) throw new Error(`There is no "${from}" in ${file} to put a bug into`);
    await writeFile(join(copy, file), text.replace(from, to));
    await test(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
