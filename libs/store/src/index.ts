export { assertKnownOptions } from './assert-known-options.js';
export { type CancelTimer, type Clock, systemClock } from './clock.js';
export {
  type ContextStore,
  type PutContext,
  type StoredContext,
} from './contexts/context-store.js';
export {
  type FoldedLog,
  type FoldSeed,
  foldLog,
  LogFold,
} from './fold/log-fold.js';
export { type HostTransactions } from './host-transactions.js';
export {
  decodeEvent,
  type EncodedEvent,
  encodeEvent,
} from './log/event-codec.js';
export {
  beginsTurn,
  isPublicKind,
  type EventOrigin,
  type NewEvent,
  type Seq,
  type StoredEvent,
  type TaskEvent,
  type TaskEventKind,
  type TurnRequest,
} from './log/task-event.js';
export {
  type Accepted,
  type AppendEvents,
  type CreateTask,
  type IdempotencyKey,
  type ListQuery,
  type LoadOptions,
  type Purged,
  type ReadRange,
  type RetentionPolicy,
  type TaskLog,
  type TaskVersion,
} from './log/task-log.js';
export { type TaskRecord, type Turn } from './log/task-record.js';
export { turnOf } from './log/turn-of.js';
export { memory } from './memory/memory.js';
export { MemoryTaskStore } from './memory/memory-task-store.js';
export { MemoryWakeBus } from './memory/memory-wake-bus.js';
export { type Page } from './page.js';
export {
  type NewPushConfig,
  type OriginLimits,
  type PushConfig,
  type PushConfigState,
  type PushRegistration,
} from './push/push-config.js';
export {
  type AttemptOutcome,
  type AttemptQuery,
  type DeliveryAttempt,
  type DeliveryFailure,
  type DeliverySuccess,
  type DueDelivery,
  type PushFence,
  type PushLedger,
  type Settled,
} from './push/push-ledger.js';
export {
  type BreakerPolicy,
  type OriginBacklog,
  type OriginChange,
  type OriginNote,
  type OriginState,
} from './push/push-origin.js';
export { isSelected, type PushSelect } from './push/push-select.js';
export {
  type DueRedelivery,
  type NewRedelivery,
  type RedeliveryAnswer,
  type RedeliveryFence,
  type RedeliveryLedger,
} from './push/redelivery-ledger.js';
export { type OpenRuntime, type Runtime } from './runtime.js';
export {
  type Access,
  type CallContext,
  mayAccess,
  type Scope,
  scopeKey,
  SYSTEM_CONTEXT,
} from './scope.js';
export {
  type NewSecret,
  type SecretName,
  type SecretStore,
  type StoredSecret,
} from './secrets/secret-store.js';
export {
  isStoreError,
  StoreError,
  type StoreErrorCode,
} from './store-error.js';
export { type StoreHealth, type TaskStore } from './task-store.js';
export { type Unsubscribe, type WakeBus, type WakeTopic } from './wake-bus.js';
export {
  RelayedWakeBus,
  type WakeRelay,
  type WakeRelayNotices,
} from './wake/relayed-wake-bus.js';
export {
  type OpenWakeBus,
  type WakeBusFactory,
  type WakeBusSettings,
} from './wake/wake-bus-factory.js';
export {
  type Claim,
  type ClaimOnAccept,
  type ClaimTurns,
  type Fence,
  type Renewal,
  type WorkLedger,
} from './work/work-ledger.js';
