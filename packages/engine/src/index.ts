export type {
  Actor,
  AnswerRequest,
  BreakerRequest,
  BreakerSummary,
  Cause,
  Client,
  EditRequest,
  Filter,
  Held,
  HistoryEntry,
  HistoryKind,
  InstanceDetail,
  InstanceSummary,
  Listing,
  MachineSummary,
  Misfit,
  MoveRequest,
  Page,
  Ref,
  Relative,
  RuleRequest,
  SignalRequest,
  Started,
  StartRequest,
  StateCount,
  Status,
  WorkerSummary,
} from "./client/client.ts";
export { createClient } from "./client/store-client.ts";
export { examine, type Finding } from "./doctor/examine.ts";
export { type ErrorCode, type ErrorDetails, type Failure, FettleError, failureOf } from "./error.ts";
export type { CommandCall, CommandGroup, Fleet, FleetCommand, Output } from "./fleet.ts";
export { type Duration, milliseconds, spell } from "./machine/duration.ts";
export { type Child, type It, none, type Signals } from "./machine/it.ts";
export {
  type Deadline,
  type Definition,
  type Labels,
  type Machine,
  machine,
  type RetryPolicy,
  type Severity,
  type StatePolicy,
} from "./machine/machine.ts";
export type { Outcome } from "./machine/outcome.ts";
export type { Ask } from "./policy/ask.ts";
export { type Breaker, type Population, population } from "./policy/breaker.ts";
export type { Budget } from "./policy/budget.ts";
export { type Cron, cron, type Missed } from "./policy/cron.ts";
export type { Edit, FieldChange } from "./policy/edit.ts";
export type { Entrant, Limit } from "./policy/limit.ts";
export type { Kept } from "./policy/migrate.ts";
export { type Rule, type RuleKind, type Selector, spellSelector } from "./policy/rule.ts";
export { rolesScript } from "./store/roles.ts";
export { openStore, type Store, type StoreLocation } from "./store/store.ts";
export type { Log, LogFields, Pager, WorkerOptions } from "./worker/options.ts";
export { startWorker, type Worker } from "./worker/worker.ts";
