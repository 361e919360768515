/** What zlib answers where it is asked for `info`, which is documented and not in its types. */
export interface ZlibAnswer<Engine> {
  readonly buffer: Uint8Array;
  readonly engine: Engine;
}

/**
 * Lets go of the room that an engine of zlib has unpacked into. The engine is only freed by a full collection of garbage, long after its use,
 * and by then a hundred of them held 40 MiB. Where a Node names the room otherwise nothing is let go.
 */
export function freeRoom(engine: object): void {
  if ("_outBuffer" in engine) engine._outBuffer = undefined;
}
