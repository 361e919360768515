import { FettleError } from "@fettle/engine";
import type { Host } from "../host/host.ts";
import type { HostMaker } from "../host/local.ts";
import { placeOf } from "../server/place.ts";
import { readSecrets, type Secrets } from "../server/secrets.ts";
import type { Server } from "../server/server.ts";
import { Monitor } from "../watch/monitor.ts";

/** The part of a topology that leads to its servers. */
export interface Located {
  readonly name: string;
  readonly major: number;
  readonly members: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
}

/** From what the store says of a cluster to servers that can be acted on. */
export class Servers {
  readonly root: string;
  readonly monitor = new Monitor();
  readonly #hosts: readonly HostMaker[];
  /** A look every second would read the same file every second. */
  readonly #secrets = new Map<string, Secrets>();

  constructor(root: string, hosts: readonly HostMaker[]) {
    this.root = root;
    this.#hosts = hosts;
  }

  /** Throws NO_SUCH_HOST. */
  async host(name: string): Promise<Host> {
    const maker = this.#hosts.find((host) => host.name === name);
    if (maker) return maker.open();
    throw new FettleError("NO_SUCH_HOST", `The config has no host ${name}`, {
      fix: `Add it to postgres({ hosts }), which has ${this.#hosts.map((host) => host.name).join(", ") || "none"}`,
    });
  }

  /** Where new servers go. */
  async firstHost(): Promise<Host> {
    const [first] = this.#hosts;
    if (first) return first.open();
    throw new FettleError("BAD_CONFIG", "postgres() has no hosts", { fix: "Write hosts: [local()]", retryable: false });
  }

  /** Throws NO_SUCH_CLUSTER, NO_SUCH_HOST, POSTGRES_MISSING. */
  async of(cluster: Located, member: string): Promise<Server> {
    const record = cluster.members[member];
    if (!record) throw new Error(`BUG: cluster ${cluster.name} has no member ${member}`);
    const host = await this.host(record.host);
    const [programs, secrets] = await Promise.all([host.programs(cluster.major), this.#secretsOf(host, cluster.name)]);
    const place = placeOf(this.root, cluster.name, member);
    return { member, host, place, programs, secrets, address: { host: host.address, port: record.port } };
  }

  /** The next look reads them again. */
  forgetSecrets(cluster: string): void {
    this.#secrets.delete(cluster);
  }

  async #secretsOf(host: Host, cluster: string): Promise<Secrets> {
    const secrets = this.#secrets.get(cluster) ?? (await readSecrets(host.files, this.root, cluster));
    this.#secrets.set(cluster, secrets);
    return secrets;
  }

  all(cluster: Located): Promise<Server[]> {
    return Promise.all(Object.keys(cluster.members).map((member) => this.of(cluster, member)));
  }
}
