import type { Session } from "./session.ts";

/** Resolves the open pages whose cause nothing has any more. */
export async function resolvePages(session: Session): Promise<void> {
  await session.query(
    `update fettle.page p set resolved = clock_timestamp()
     where p.resolved is null and not exists (select from fettle.attention a where a.cause = p.cause)`,
    [],
  );
}
