export { A2AModule } from './a2a.module.js';
export {
  type Authenticated,
  type Authenticator,
  type CredentialRequest,
  type Rejected,
} from './access/authenticator.js';
export { identify, type Identity, identityOf } from './access/identity.js';
export {
  DuplicateAgentError,
  UnknownAgentError,
} from './agents/agent.errors.js';
export { A2AAudit } from './audit/a2a-audit.service.js';
export { type AuditEvent } from './audit/audit-event.js';
export {
  GrpcServerError,
  type GrpcServerErrorCode,
} from './bindings/grpc/grpc.errors.js';
export { RouteConflictError } from './bindings/http/route-conflicts.js';
export {
  type DeliveryFacts,
  type MeasuredSources,
  type OperationFacts,
  type Telemetry,
  type TracedWork,
  type TurnEnd,
  type TurnFacts,
  type TurnOutcome,
  type WaitingWebhooks,
} from './instrumentation/telemetry.js';
export {
  type A2AModuleOptions,
  type AgentCardOptions,
  type AgentExtras,
  type AgentOptions,
  type BreakerOptions,
  type CardSigningOptions,
  type ExtendedAgentCard,
  type ExtendedAgentCardCaller,
  type ExtendedAgentCardOptions,
  type GrpcOptions,
  type GrpcServerCredentials,
  type LimitOptions,
  type PrincipalResolver,
  type TenantResolver,
  type ProcessRole,
  type PushOptions,
  type PushProxyOptions,
  type PushSigningOptions,
  type RetentionOptions,
  type ServedBinding,
  type SkillCaller,
  type SkillResolver,
  type SseOptions,
  type TenantPushOptions,
  type TurnOptions,
  type WebhookSecretQuery,
  type WebhookSecretResolver,
} from './options/a2a-module-options.js';
export { DEFAULT_OPTIONS } from './options/default-options.js';
export { InvalidOptionsError } from './options/invalid-options.errors.js';
export { OnDeadLetter } from './push/hooks/on-dead-letter.decorator.js';
export { OnWebhookDisabled } from './push/hooks/on-webhook-disabled.decorator.js';
export {
  type DisabledWebhook,
  type DisableReason,
  type WebhookFailure,
} from './push/hooks/webhook-failure.js';
export {
  PushNotificationService,
  type RedeliveryOptions,
} from './push/push-notification.service.js';
export {
  type RotateOptions,
  WebhookKeys,
} from './push/signing/webhook-keys.service.js';
export {
  WebhookSigningError,
  type WebhookSigningErrorCode,
} from './push/signing/webhook-signing-error.js';
export {
  WEBHOOK_NETWORK,
  type WebhookNetwork,
} from './push/webhook-client.service.js';
export {
  type BreakerStatus,
  type WebhookBacklog,
  type WebhookMetrics,
} from './push/webhook-metrics.js';
export { A2A_CLOCK, TASK_STORE, WAKE_BUS } from './runtime/runtime.tokens.js';
export { InvalidHookError } from './tasks/hooks/hook.errors.js';
export {
  OnTaskEvent,
  type OnTaskEventOptions,
} from './tasks/hooks/on-task-event.decorator.js';
export {
  type TaskEventKind,
  type TaskNotice,
} from './tasks/hooks/task-notice.js';
export { type PublicEvent } from './tasks/public-event.js';
export {
  type TaskPage,
  type TaskQuery,
  TaskService,
  type TaskSubmission,
} from './tasks/task.service.js';
export {
  A2A_WORKER_METADATA,
  A2AWorker,
  type A2AWorkerOptions,
} from './workers/a2a-worker.decorator.js';
export {
  type ArtifactInput,
  type Content,
  type MessageContent,
  type MessageInput,
} from './workers/content.js';
export {
  type DataSchema,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
} from './workers/data/data-schema.js';
export {
  type DataProblem,
  InvalidDataError,
  MissingValidatorError,
} from './workers/data/data.errors.js';
export { type ChunkOptions, type TaskContext } from './workers/task-context.js';
export { type TransactionRunner } from './workers/transaction-runner.js';
export { TurnError, type TurnErrorCode } from './workers/turn.errors.js';
export {
  DuplicateWorkerError,
  InvalidWorkerError,
  MissingWorkerError,
} from './workers/worker.errors.js';
export { A2A_WORKER, getWorkerToken } from './workers/worker.tokens.js';
export {
  type Worker,
  type WorkerStream,
  type WorkerUpdate,
} from './workers/worker.js';
