import pg from "pg";

/** What a long report or a pg_dump does: no row version that it might see is removed by anybody until it ends. */
export async function holdSnapshot(url: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: url, application_name: "a long report" });
  // The database is dropped under it at the end of a bench that failed.
  client.on("error", () => undefined);
  await client.connect();
  await client.query("begin isolation level repeatable read");
  await client.query("select count(*) from pg_class");
  return {
    async [Symbol.asyncDispose]() {
      await client.query("rollback");
      await client.end();
    },
  };
}
