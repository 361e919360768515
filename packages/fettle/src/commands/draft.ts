import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FettleError } from "@fettle/engine";

/** A text that a person works on in an editor, in a file that nobody else can read and that goes when this does. */
export class Draft implements AsyncDisposable {
  readonly file: string;
  readonly #folder: string;
  #isKept = false;

  private constructor(folder: string) {
    this.#folder = folder;
    this.file = join(folder, "data.json");
  }

  static async open(): Promise<Draft> {
    return new Draft(await mkdtemp(join(tmpdir(), "fettle-edit-")));
  }

  /** What the person leaves. Throws EDITOR_FAILED. */
  async edit(text: string): Promise<string> {
    await writeFile(this.file, text, { mode: 0o600 });
    // A command line, as `code --wait` is: so it is for the shell to read. The file's name is not.
    const editor = process.env["VISUAL"] || process.env["EDITOR"] || "vi";
    const [code, signal] = await once(spawn("sh", ["-c", `${editor} "$1"`, "sh", this.file], { stdio: "inherit" }), "exit");
    if (code === 0) return readFile(this.file, "utf8");
    throw new FettleError("EDITOR_FAILED", `Cannot edit: ${editor} ended with ${code ?? signal}`, {
      fix: "Set VISUAL or EDITOR to an editor that runs here, or give the change on the command line",
    });
  }

  /** What the person wrote outlives this. */
  keep(): void {
    this.#isKept = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isKept) await rm(this.#folder, { recursive: true, force: true });
  }
}
