/**
 * For `node --import`, in every thread: the wall clock steps a tenth of a second later by an hour forth, then back, and so on, as
 * of a machine whose clock is set by hand and by a daemon at once. The monotonic clock is left alone, as it is there.
 */
const Real = Date;
const hour = 3_600_000;

function shifted(): number {
  const isForth = Math.floor(performance.now() / 100) % 2 === 0;
  return Real.now() + (isForth ? hour : -hour);
}

globalThis.Date = new Proxy(Real, {
  construct: (target, given) => (given.length === 0 ? new target(shifted()) : Reflect.construct(target, given)),
  apply: () => new Real(shifted()).toString(),
  get: (target, name) => (name === "now" ? shifted : Reflect.get(target, name)),
});
