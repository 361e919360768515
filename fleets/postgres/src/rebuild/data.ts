import { forgetAccess } from "../server/access.ts";
import type { Server } from "../server/server.ts";

/** Good data of a former primary: fenced beside the member's place, or still in it without a standby's mark. */
export async function formerData(server: Server): Promise<string | undefined> {
  const { files } = server.host;
  const { data, folder } = server.place;
  const fenced = (await files.list(folder)).filter((name) => name.startsWith("data.fenced-")).map((name) => `${folder}/${name}`);
  for (const candidate of [data, ...fenced]) {
    if (await isWhole(server, candidate)) {
      if (candidate !== data || !(await files.exists(`${data}/standby.signal`))) return candidate;
    }
  }
  return undefined;
}

export async function hasStandbyData(server: Server): Promise<boolean> {
  return (await isWhole(server, server.place.data)) && (await server.host.files.exists(`${server.place.data}/standby.signal`));
}

async function isWhole(server: Server, data: string): Promise<boolean> {
  const parts = await Promise.all(["PG_VERSION", "global/pg_control"].map((part) => server.host.files.exists(`${data}/${part}`)));
  return parts.every(Boolean);
}

/** What was fenced, what jobs left and what earlier lives were entered by, once a proven copy stands in its place. */
export async function removeLeftovers(server: Server, life: number): Promise<void> {
  const { files } = server.host;
  const { folder, jobs } = server.place;
  for (const name of await files.list(folder)) if (name.startsWith("data.")) await files.remove(`${folder}/${name}`);
  for (const name of await files.list(jobs)) await files.remove(`${jobs}/${name}`);
  await forgetAccess(server, life);
}

/** Kills the jobs of earlier attempts, which would write into the same data. */
export async function stopJobs(server: Server): Promise<void> {
  const { host, place } = server;
  for (const name of await host.files.list(place.jobs)) await host.jobs.kill(`${place.jobs}/${name}`);
}
