export { type PostgresOptions, postgres } from "./fleet.ts";
export { type HostMaker, type LocalOptions, local } from "./host/local.ts";
