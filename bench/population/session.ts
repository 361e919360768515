/** What a connection of pg and a session of the store have in common. */
export interface Session {
  query(text: string, values: unknown[]): Promise<unknown>;
}
