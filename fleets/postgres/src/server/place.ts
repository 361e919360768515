import { createHash } from "node:crypto";
import { FettleError } from "@fettle/engine";

/** Where one member of a cluster lives. The configuration is outside the data, so that no clone and no rewind writes over it. */
export interface Place {
  readonly folder: string;
  readonly data: string;
  readonly socket: string;
  readonly log: string;
  readonly config: string;
  readonly replication: string;
  readonly passwords: string;
  readonly jobs: string;
  /** Stands in the title of every process of the member, wherever its data has been moved to. */
  readonly title: string;
}

export function placeOf(root: string, cluster: string, member: string): Place {
  const folder = `${root}/${cluster}/${member}`;
  return {
    folder,
    data: `${folder}/data`,
    socket: `${folder}/socket`,
    log: `${folder}/log`,
    config: `${folder}/postgresql.conf`,
    replication: `${folder}/replication.conf`,
    passwords: `${folder}/pgpass`,
    jobs: `${folder}/jobs`,
    title: `${cluster}/${member}@${createHash("sha256").update(folder).digest("hex").slice(0, 8)}`,
  };
}

/** A data folder that lost its right to serve keeps its content until a proven copy stands in its place. */
export type Banned = "fenced" | "unusable";

export function bannedData(place: Place, why: Banned, token: string): string {
  return `${place.data}.${why}-${fileName(token)}`;
}

/** A token as a file name. */
export function fileName(token: string): string {
  return token.replace(/[^A-Za-z0-9.-]/g, "_");
}

/** Unix sockets have at most 107 bytes of path. Throws PATH_TOO_LONG. */
export function checkSocketPath(place: Place): void {
  const path = `${place.socket}/.s.PGSQL.65535`;
  if (Buffer.byteLength(path) <= 107) return;
  throw new FettleError(
    "PATH_TOO_LONG",
    `Cannot put a server into ${place.folder}: its socket's path has ${Buffer.byteLength(path)} bytes, and 107 are allowed`,
    {
      fix: "Give postgres() a folder with a shorter path",
      retryable: false,
    },
  );
}
