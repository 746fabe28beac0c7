import {
  type Artifact,
  type JsonValue,
  type Message,
  type Task,
  type TaskState,
} from '@nest-a2a/protocol';
import { type NewEvent, type TaskEvent } from '../log/task-event.js';
import { type NewPushConfig } from '../push/push-config.js';
import { type DeliveryAttempt, type PushFence } from '../push/push-ledger.js';
import { type CallContext, type Scope } from '../scope.js';

/** The scope of most tests. */
export const ALICE: Scope = {
  agent: 'reports',
  tenant: 'acme',
  principal: 'alice',
};

/** Scopes that differ from {@link ALICE} in one member each. */
export const STRANGERS: readonly Scope[] = [
  { ...ALICE, agent: 'invoices' },
  { ...ALICE, tenant: 'globex' },
  { ...ALICE, principal: 'bob' },
];

/** A lease that a test lets expire. */
export const LEASE_MS = 400;

/** More than {@link LEASE_MS}. */
export const AFTER_LEASE_MS = 450;

/** A lease that no test lets expire. */
export const LONG_LEASE_MS = 60_000;

/** A moment, so many seconds after the first: milliseconds. */
export function momentOf(seconds: number): number {
  return Date.UTC(2026, 0, 1) + seconds * 1_000;
}

/** {@link momentOf} as a timestamp. */
export function at(seconds: number): string {
  return new Date(momentOf(seconds)).toISOString();
}

/** Whom an event is about. */
export interface TaskRef {
  readonly taskId: string;
  readonly contextId: string;
}

/** A call in a scope. */
export function callOf(access: Scope): CallContext {
  return { access };
}

/** A new id. */
export function uniqueId(): string {
  return globalThis.crypto.randomUUID();
}

/** An event with an id of its own. */
export function event(body: TaskEvent): NewEvent {
  return { id: uniqueId(), body };
}

/** A message of a caller. */
export function userMessage(text: string): Message {
  return { messageId: uniqueId(), role: 'ROLE_USER', parts: [{ text }] };
}

/** A message of the agent. */
export function agentMessage(text: string): Message {
  return { messageId: uniqueId(), role: 'ROLE_AGENT', parts: [{ text }] };
}

/** The event that begins a log. */
export function taskEvent(
  { taskId, contextId }: TaskRef,
  task: Partial<Task> = {},
): NewEvent {
  return event({
    kind: 'task',
    task: {
      id: taskId,
      contextId,
      status: { state: 'TASK_STATE_SUBMITTED' },
      history: [userMessage('hello')],
      ...task,
    },
    turn: { acceptedOutputModes: ['text/plain'] },
  });
}

/** A change of the status. */
export function statusEvent(
  { taskId, contextId }: TaskRef,
  state: TaskState,
  { text, timestamp }: { text?: string; timestamp?: string } = {},
): NewEvent {
  const status = {
    state,
    ...(text !== undefined && { message: agentMessage(text) }),
    ...(timestamp !== undefined && { timestamp }),
  };
  return event({
    kind: 'statusUpdate',
    statusUpdate: { taskId, contextId, status },
  });
}

/** The end of a task. */
export function completed(task: TaskRef): NewEvent {
  return statusEvent(task, 'TASK_STATE_COMPLETED');
}

/** A chunk of the artifact `output`. */
export function chunkEvent(
  { taskId, contextId }: TaskRef,
  text: string,
  { isLast }: { isLast?: boolean } = {},
): NewEvent {
  return event({
    kind: 'artifactUpdate',
    artifactUpdate: {
      taskId,
      contextId,
      artifact: { artifactId: 'output', parts: [{ text }] },
      append: true,
      ...(isLast !== undefined && { lastChunk: isLast }),
    },
  });
}

/** A further message of the caller. */
export function messageEvent(text: string): NewEvent {
  return event({ kind: 'message', message: userMessage(text), turn: {} });
}

/** The result of a step. */
export function stepEvent(key: string, value: JsonValue): NewEvent {
  return event({ kind: 'step', key, value });
}

/** The text of the artifact `output`. */
export function outputOf({ artifacts = [] }: Task): string {
  const isOutput = ({ artifactId }: Artifact) => artifactId === 'output';
  const parts = artifacts.find(isOutput)?.parts ?? [];
  return parts.map((part) => ('text' in part ? part.text : '')).join('');
}

/** A push notification configuration that selects status updates. */
export function pushConfig(config: Partial<NewPushConfig> = {}): NewPushConfig {
  return {
    id: uniqueId(),
    protocolVersion: '1.0',
    select: 'status',
    origin: 'https://hooks.example',
    sealed: Uint8Array.of(0, 1, 2, 255),
    ...config,
  };
}

/** An attempt to deliver an event: delivered unless told otherwise. */
export function attemptOf(
  { taskId, configId }: PushFence,
  attempt: Partial<DeliveryAttempt> & { readonly seq: number },
): DeliveryAttempt {
  return {
    taskId,
    configId,
    attempt: 1,
    at: momentOf(0),
    durationMs: 12,
    outcome: 'delivered',
    ...attempt,
  };
}
