/** What has gone wrong because of how the library is used or where it runs; what is wrong in an archive is a finding instead. */
export class WarcError extends Error {
  override readonly name = "WarcError";
  /** Stable, in capitals: `NOT_BYTES`. */
  readonly code: string;
  /** What to do about it. */
  readonly fix: string;

  constructor(code: string, message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.fix = fix;
  }
}
