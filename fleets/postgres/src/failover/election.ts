/** What an electable member says when it is asked. */
export interface Ballot {
  readonly member: string;
  readonly answer: /** How far its WAL reaches, as `0/3000060`. */
  { readonly kind: "standby"; readonly lsn: string } | { readonly kind: "primary" } | { readonly kind: "none"; readonly why: string };
}

export type Election =
  | { readonly kind: "elected"; readonly member: string }
  /** Somebody who may hold an acknowledged commit that the others lack has not answered: without it nobody may be elected. */
  | { readonly kind: "waiting"; readonly missing: readonly Ballot[] }
  | { readonly kind: "nobody" }
  | { readonly kind: "contested"; readonly member: string };

/**
 * The most advanced of all electable members, when all have answered. Commits were acknowledged when any one of them had them, so
 * one that keeps silent may be the only one that has the last.
 */
export function elect(ballots: readonly Ballot[]): Election {
  if (ballots.length === 0) return { kind: "nobody" };
  const rival = ballots.find(({ answer }) => answer.kind === "primary");
  if (rival) return { kind: "contested", member: rival.member };
  const missing = ballots.filter(({ answer }) => answer.kind === "none");
  if (missing.length > 0) return { kind: "waiting", missing };
  const reach = ({ answer }: Ballot) => (answer.kind === "standby" ? position(answer.lsn) : -1n);
  const best = ballots.reduce((one, other) => (reach(other) > reach(one) ? other : one));
  return { kind: "elected", member: best.member };
}

/** `16/B374D848` as a number. */
export function position(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
