import { randomBytes } from "node:crypto";
import { FettleError } from "@fettle/engine";
import { z } from "zod";
import type { Files } from "../host/host.ts";
import type { Login } from "./session.ts";

const schema = z.object({ postgres: z.string(), replicator: z.string(), app: z.string() });

/** The passwords of one cluster. They are in one file that only fettle's user may read, and nowhere else in plain text but in each member's own pgpass. */
export type Secrets = z.infer<typeof schema>;

export function makeSecrets(): Secrets {
  const one = () => randomBytes(24).toString("base64url");
  return { postgres: one(), replicator: one(), app: one() };
}

export async function writeSecrets(files: Files, root: string, cluster: string, secrets: Secrets): Promise<void> {
  await files.write(secretsPath(root, cluster), `${JSON.stringify(secrets)}\n`, "control");
}

/** Throws NO_SUCH_CLUSTER where the cluster's folder has none. */
export async function readSecrets(files: Files, root: string, cluster: string): Promise<Secrets> {
  const text = await files.read(secretsPath(root, cluster));
  if (text !== undefined) return schema.parse(JSON.parse(text));
  throw new FettleError("NO_SUCH_CLUSTER", `Found no cluster ${cluster} in ${root}: ${secretsPath(root, cluster)} is not there`, {
    fix: "Look: fettle pg ls. Where the folder of postgres() in the config was changed, change it back",
    retryable: false,
  });
}

export function controlLogin(secrets: Secrets): Login {
  return { user: "postgres", password: secrets.postgres, database: "postgres" };
}

/** A line of a password file; the passwords hold no character that would need an escape. */
export function passwordLine(user: string, password: string): string {
  return `*:*:*:${user}:${password}\n`;
}

function secretsPath(root: string, cluster: string): string {
  return `${root}/${cluster}/secrets.json`;
}
