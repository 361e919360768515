import { accessPath } from "./access.ts";
import type { Place } from "./place.ts";

/**
 * What every member runs with in its life of that revision. Its port is the same in all lives, so that the address that clients were given
 * never changes.
 */
export function serverConfig(place: Place, address: string, port: number, life: number): string {
  return settings({
    data_directory: place.data,
    hba_file: accessPath(place, life),
    listen_addresses: address,
    port,
    unix_socket_directories: place.socket,
    cluster_name: place.title,
    max_connections: 100,
    shared_buffers: "32MB",
    wal_level: "replica",
    hot_standby: true,
    max_wal_senders: 10,
    max_replication_slots: 10,
    wal_log_hints: true,
    wal_keep_size: "128MB",
    max_wal_size: "512MB",
    min_wal_size: "80MB",
    // A slot of a member that stays away must not fill the disk; past this the member is copied anew.
    max_slot_wal_keep_size: "2GB",
    checkpoint_timeout: "5min",
    fsync: true,
    full_page_writes: true,
    synchronous_commit: true,
    restart_after_crash: true,
    // After a crash the whole of the data is synced before redo begins: file by file that takes seconds on a busy disk.
    recovery_init_sync_method: "syncfs",
    wal_sender_timeout: "5s",
    wal_receiver_timeout: "5s",
    wal_receiver_status_interval: "1s",
    wal_retrieve_retry_interval: "100ms",
    // A connection whose other end vanished without a word is not kept for two hours.
    tcp_keepalives_idle: 10,
    tcp_keepalives_interval: 5,
    tcp_keepalives_count: 3,
    password_encryption: "scram-sha-256",
    logging_collector: false,
    log_line_prefix: "%m [%p] %q%u@%d ",
    log_checkpoints: false,
    include: place.replication,
  });
}

export interface Replication {
  /** Whom it follows; nobody while it is the primary. */
  readonly follows?: { readonly host: string; readonly port: number; readonly member: string };
  /** Members of which one must have a commit before it is acknowledged. */
  readonly synchronous: readonly string[];
}

/** A name that no member has: commits wait until a proven member takes its place. */
export const nobody = "nobody_yet";

/** The part that changes while the server runs, by reload. */
export function replicationConfig(place: Place, replication: Replication, revision: number): string {
  const { follows, synchronous } = replication;
  const head = `# revision ${revision}\n`;
  const names = synchronous.length === 0 ? "" : `ANY 1 (${synchronous.map((name) => `"${name}"`).join(", ")})`;
  if (!follows) return head + settings({ synchronous_standby_names: names });
  const connection = {
    host: follows.host,
    port: String(follows.port),
    user: "replicator",
    passfile: place.passwords,
    application_name: follows.member,
    connect_timeout: "2",
  };
  return (
    head +
    settings({
      synchronous_standby_names: names,
      primary_conninfo: Object.entries(connection)
        .map(([key, value]) => `${key}=${quoteConnection(value)}`)
        .join(" "),
      primary_slot_name: slotName(follows.member),
    })
  );
}

export function revisionOf(config: string): number {
  return Number(/^# revision (\d+)/.exec(config)?.[1] ?? 0);
}

/** The members that a value of synchronous_standby_names lists. */
export function namesIn(setting: string): string[] {
  return [...setting.matchAll(/"([^"]+)"/g)].map(([, name]) => name as string);
}

export function slotName(member: string): string {
  return `member_${member}`;
}

function settings(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => (name === "include" ? `include ${quote(String(value))}\n` : `${name} = ${literal(value)}\n`))
    .join("");
}

function literal(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "number" ? String(value) : quote(value);
}

/** Inside quotes the server reads backslashes too. */
function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

function quoteConnection(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
