export type { Probes } from "./probes.ts";
export { type Dashboard, type DashboardOptions, serveDashboard } from "./serve.ts";
