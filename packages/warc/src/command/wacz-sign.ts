import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openFile } from "../bytes/file.ts";
import { WarcError } from "../error.ts";
import { writeNew } from "../wacz/node/wacz-file.ts";
import { importSigningKey } from "../wacz/signature/sign.ts";
import { signWacz } from "../wacz/signature/sign-wacz.ts";
import { checkContents } from "../wacz/validate.ts";
import { Wacz } from "../wacz/wacz.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { makeFile } from "./new-file.ts";
import { print, say } from "./output.ts";
import { checkName } from "./wacz-create.ts";

interface Options {
  readonly key: string;
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const addWaczSign: AddCommand = (program, ended) =>
  program
    .command("sign")
    .description("writes a WACZ file again with a signature: that it is unchanged since whoever has the key signed it")
    .argument("<file>", "a path")
    .requiredOption("--key <file>", "a key of ECDSA on P-256 or P-384, PKCS #8 in PEM")
    .requiredOption("-o, --output <file>", "the signed file")
    .option("--force", "replaces a file that is there")
    .option("--json", "the signature as an object")
    .addHelpText(
      "after",
      examples(
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        "warc wacz sign --key key.pem -o signed.wacz site.wacz",
      ),
    )
    .action(async (path: string, options: Options) => ended(await sign(path, options)));

async function sign(path: string, { key: keyFile, output, force = false, json }: Options): Promise<ExitCode> {
  checkName(output);
  const key = await importSigningKey(await readFile(keyFile, "utf8"));
  await using file = await openFile(path);
  await refuseFaulty(path, await Wacz.open(file));
  let told = "";
  await makeFile(output, force, async (folder) => {
    const made = join(folder, "made.wacz");
    const signature = await writeNew(made, (sink) => signWacz(file, sink, { key }));
    told = json ? JSON.stringify({ file: output, ...signature }) : `${output}: signed with ${signature.publicKey}`;
    return made;
  });
  await print(told);
  return exit.sound;
}

/** A signature says that the hashes are right. */
async function refuseFaulty(path: string, wacz: Wacz): Promise<void> {
  let errors = wacz.zip.findings.length;
  for (const finding of wacz.zip.findings) say(findingLine(finding, path));
  for await (const finding of checkContents(wacz))
    if (finding.severity === "error") {
      errors++;
      say(findingLine(finding, path));
    }
  if (errors > 0)
    throw new WarcError("NOT_WACZ", `Cannot sign ${path}: it is not what its own lists say`, "Make it again from its archives");
}
