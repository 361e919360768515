import {
  type AlertRule,
  type Duration,
  FettleError,
  type Fleet,
  type HeartbeatOptions,
  type Machine,
  type PagerTest,
  type Paging,
} from "@fettle/engine";
import { checkAlerts, checkPaging } from "./check-paging.ts";

export interface Config {
  /** A Postgres 15 or later. Default: the embedded one in `folder`. The environment's DATABASE_URL goes before it. */
  readonly store?: { readonly url: string } | undefined;
  /** Where the embedded store and the address of a running `fettle up` are, from the config's folder. Default `.fettle`. */
  readonly folder?: string | undefined;
  readonly fleets?: readonly Fleet[] | undefined;
  readonly machines?: readonly Machine[] | undefined;
  /** Whom a page calls: `[slack({ … }), { after: "15m", via: pagerduty({ … }) }]`. Default: a line on standard error, and the desktop where there is one. */
  readonly pager?: Paging | undefined;
  /** A page that nobody acknowledges calls again after this. Default 30m. */
  readonly pagerRepeat?: Duration | undefined;
  /** When the ways to a person are tested by themselves: every `24h`, or each day at `09:00`. Default never. */
  readonly pagerTest?: PagerTest | undefined;
  /** A request to an outside URL for as long as a worker lives. */
  readonly heartbeat?: HeartbeatOptions | undefined;
  /** Something due, and nothing committed by anybody for so long, is a page. Default 5m. */
  readonly idle?: Duration | undefined;
  /** History older than this is dropped, a week at a time. Default 90d. */
  readonly keepHistory?: Duration | undefined;
  /** What alerts from outside start and signal. Default: none are taken. */
  readonly alerts?: { readonly secret: string | undefined; readonly rules: readonly AlertRule[] } | undefined;
  /** Of the dashboard, on loopback; 0 lets the system choose. Default 4747. */
  readonly port?: number | undefined;
}

const fields = [
  "store",
  "folder",
  "fleets",
  "machines",
  "pager",
  "pagerRepeat",
  "pagerTest",
  "heartbeat",
  "idle",
  "keepHistory",
  "alerts",
  "port",
];

/** The default export of `fettle.config.ts`: what runs and where. Throws BAD_CONFIG, naming the field. */
export function defineConfig(config: Config): Config {
  if (!isObject(config)) refuse("", config, "an object", "Write export default defineConfig({ machines: […] })");
  for (const name of Object.keys(config)) {
    if (!fields.includes(name)) refuseField(name);
  }
  checkStore(config.store);
  check(
    "folder",
    config.folder,
    (value) => typeof value === "string" && value.trim() !== "",
    "the path of a folder",
    "Leave it out for .fettle",
  );
  checkPaging(config);
  checkAlerts(config.alerts);
  check("port", config.port, isPort, "a whole number from 0 to 65535", "Leave it out for 4747");
  check("fleets", config.fleets, Array.isArray, "a list", "Write fleets: [postgres({ … })]");
  check("machines", config.machines, Array.isArray, "a list", "Write machines: [failover]");
  for (const [index, fleet] of (config.fleets ?? []).entries()) checkFleet(`fleets[${index}]`, fleet);
  for (const [index, machine] of (config.machines ?? []).entries()) checkMachine(`machines[${index}]`, machine);
  refuseDoubles(machinesOf(config));
  return config;
}

/** The config's own machines and those of its fleets. */
export function machinesOf(config: Config): readonly Machine[] {
  return [...(config.machines ?? []), ...(config.fleets ?? []).flatMap((fleet) => fleet.machines)];
}

export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}

/** The value never shows: it may hold a password. */
export function isPostgresUrl(text: unknown): text is string {
  return typeof text === "string" && /^postgres(ql)?:\/\/./.test(text);
}

function checkStore(store: Config["store"]): void {
  if (store === undefined || (isObject(store) && isPostgresUrl(store.url))) return;
  throw new FettleError("BAD_CONFIG", "Cannot use the config: store.url is not a postgres:// address", {
    fix: 'Write store: { url: "postgres://user@host/database" }, or leave store out for the embedded one',
  });
}

function checkFleet(where: string, fleet: Fleet): void {
  if (isObject(fleet) && typeof fleet.name === "string" && Array.isArray(fleet.machines)) {
    for (const [index, machine] of fleet.machines.entries()) checkMachine(`${where}.machines[${index}]`, machine);
    return;
  }
  refuse(where, fleet, "a fleet", "Call it, as in fleets: [postgres({ … })]");
}

function checkMachine(where: string, machine: Machine): void {
  if (isObject(machine) && typeof machine.name === "string" && isObject(machine.transitions) && isObject(machine.states)) return;
  refuse(where, machine, "a machine", "Make it with machine({ … }); a machine that is a function of what it needs must be called");
}

function refuseDoubles(machines: readonly Machine[]): void {
  const names = machines.map((machine) => machine.name);
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double === undefined) return;
  throw new FettleError("BAD_CONFIG", `Cannot use the config: two machines are called ${double}`, { fix: "Rename one of them" });
}

function refuseField(name: string): never {
  throw new FettleError("BAD_CONFIG", `Cannot use the config: it has no field ${name}`, { fix: `Its fields are ${fields.join(", ")}` });
}

function check(name: string, value: unknown, holds: (value: unknown) => boolean, expected: string, fix: string): void {
  if (value !== undefined && !holds(value)) refuse(name, value, expected, fix);
}

function refuse(name: string, value: unknown, expected: string, fix: string): never {
  const what = name === "" ? "it" : name;
  throw new FettleError("BAD_CONFIG", `Cannot use the config: ${what} is ${describe(value)}, expected ${expected}`, { fix });
}

function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
