import { readDigest } from "../wacz/check-digest.ts";
import { type SignatureReport, verifySignature } from "../wacz/signature/verify.ts";
import { checkContents } from "../wacz/validate.ts";
import { Wacz } from "../wacz/wacz.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print, say } from "./output.ts";
import { eachWacz, waczFiles } from "./wacz-source.ts";

export const addWaczVerify: AddCommand = (program, ended) =>
  program
    .command("verify")
    .description("checks all hashes and the signature, without a network: who signed, and what of that cannot be told here")
    .argument("<files...>", waczFiles)
    .option("--json", "one object a file")
    .addHelpText("after", examples("warc wacz verify signed.wacz", "warc wacz verify --json *.wacz | jq -r .signature.publicKey"))
    .action(async (paths: string[], options) => ended(await verify(paths, options)));

async function verify(paths: readonly string[], { json = false }: { readonly json?: boolean }): Promise<ExitCode> {
  let failed = 0;
  const areAllRead = await eachWacz(paths, async (file, path) => {
    const wacz = await Wacz.open(file);
    const errors = await countErrors(path, wacz);
    const signature = await verifySignature((await readDigest(wacz.zip)) ?? {});
    const verified = errors === 0 && isSound(signature);
    if (!verified) failed++;
    await (json ? print(JSON.stringify({ file: path, verified, errors, signature })) : tell(path, verified, signature));
  });
  return exitOf({ errors: failed }, areAllRead);
}

async function countErrors(path: string, wacz: Wacz): Promise<number> {
  let errors = wacz.zip.findings.length;
  for (const finding of wacz.zip.findings) say(findingLine(finding, path));
  for await (const finding of checkContents(wacz)) {
    if (finding.severity !== "error") continue;
    errors++;
    say(findingLine(finding, path));
  }
  return errors;
}

/** What is not signed is not verified, however right its hashes are: whoever changes a file can change them too. */
function isSound(signature: SignatureReport): boolean {
  return signature.kind !== "none" && signature.checks.every(({ result }) => result !== "bad");
}

async function tell(path: string, isVerified: boolean, signature: SignatureReport): Promise<void> {
  await print(`${path}: ${isVerified ? "verified" : "not verified"}, ${signer(signature)}`);
  if (signature.kind === "none") return;
  for (const { step, result, message } of signature.checks) await print(`  ${result}\t${step}\t${message}`);
}

function signer(signature: SignatureReport): string {
  switch (signature.kind) {
    case "none":
      return "it has no signature";
    case "anonymous":
      return `signed by whoever has the key to ${signature.publicKey}`;
    case "domain":
      return `signed by whoever had a certificate of ${signature.domain}, at ${signature.time ?? "an unknown time"}`;
    default:
      return signature satisfies never;
  }
}
