export { type Alert, parseAlerts } from "./alerts/alert.ts";
export { type AlertRule, type Answered, takeAlert } from "./alerts/rule.ts";
export { everyLiving, misfits } from "./client/check.ts";
export type {
  BreakerSummary,
  Changes,
  Client,
  Filter,
  Held,
  HistoryEntry,
  HistoryKind,
  InstanceDetail,
  InstanceSummary,
  Listing,
  LivingInstance,
  MachineSummary,
  Misfit,
  Relative,
  StateCount,
  Status,
  WorkerSummary,
} from "./client/client.ts";
export type { Act, Cause, Delivery, Page, WaySummary } from "./client/page.ts";
export type {
  Actor,
  AnswerRequest,
  BreakerRequest,
  EditRequest,
  MoveRequest,
  Ref,
  RuleRequest,
  SignalRequest,
  Started,
  StartRequest,
} from "./client/request.ts";
export type { Rollout, RolloutRequest, Selection } from "./client/rollout.ts";
export { createClient } from "./client/store-client.ts";
export { examine, type Finding } from "./doctor/examine.ts";
export { type ErrorCode, type ErrorDetails, type Failure, FettleError, failureOf } from "./error.ts";
export type { CommandCall, CommandGroup, Fleet, FleetCommand, Output } from "./fleet.ts";
export { type Duration, isDuration, milliseconds, spell } from "./machine/duration.ts";
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
export { type DesktopOptions, desktop } from "./pages/desktop.ts";
export { type LogOptions, log } from "./pages/log.ts";
export { type PagerDutyOptions, pagerduty } from "./pages/pagerduty.ts";
export { isSame, isSignature, sign } from "./pages/signature.ts";
export { type SlackOptions, slack } from "./pages/slack.ts";
export { type SmtpOptions, smtp } from "./pages/smtp.ts";
export { type WebhookOptions, webhook } from "./pages/webhook.ts";
export type { Ask } from "./policy/ask.ts";
export { type Breaker, type Population, population } from "./policy/breaker.ts";
export type { Budget } from "./policy/budget.ts";
export { type Cron, cron, type Missed } from "./policy/cron.ts";
export type { Edit, FieldChange } from "./policy/edit.ts";
export type { Entrant, Limit } from "./policy/limit.ts";
export type { Kept } from "./policy/migrate.ts";
export { isShare, type Pace, type RolloutAct, type Share, type StageProgress } from "./policy/rollout.ts";
export { type Rule, type RuleKind, type Selector, spellSelector } from "./policy/rule.ts";
export { rolloutName, spellAct } from "./rollout/rollout.ts";
export { rolesScript } from "./store/roles.ts";
export { openStore, type Store, type StoreLocation } from "./store/store.ts";
export type { HeartbeatOptions } from "./worker/heartbeat.ts";
export { createLog } from "./worker/log.ts";
export type { Log, LogFields, LogFormat, WorkerOptions } from "./worker/options.ts";
export { type PagerTest, testedBefore } from "./worker/pager-test.ts";
export { type Notice, type Pager, type Paging, planWays, type Step, type Way } from "./worker/way.ts";
export { startWorker, type Worker } from "./worker/worker.ts";
