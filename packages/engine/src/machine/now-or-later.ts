/** A value that is mostly there at once: a promise for each would cost more than the work. */
export type NowOrLater<Value> = Value | Promise<Value>;

/** Goes on with the value, at once where it is there. */
export function andThen<Value, Next>(value: NowOrLater<Value>, next: (value: Value) => NowOrLater<Next>): NowOrLater<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
