import { type Message } from '@nest-a2a/protocol';
import {
  type Operation,
  type OperationRequest,
  type Violation,
} from '../history/history.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';
import { taskIdOf } from './sightings.js';
import { type TaskVersions, toTaskEvent } from './task-versions.js';

/** A message, and the task that it led to. */
interface Send {
  readonly tenant: string;
  readonly messageId: string;
  /** What was asked, in one string; `undefined` where a stream does not say. */
  readonly request: string | undefined;
  /** The answer, where there was one. */
  readonly taskId: string | undefined;
  readonly by: string;
}

/**
 * I1: what was acknowledged exists, and the same message sent again has no
 * second effect, whoever was asked and whatever became of the answer. A stream
 * is taken for the same request as a call with its message id.
 */
export function createsOnce(view: HistoryView): Violation[] {
  const sends = [...callsOf(view), ...streamsOf(view)];
  const begun = groupBy(beginningsOf(view), keyOf);
  const violations = sends.flatMap((send) =>
    exists(send, view, begun.get(keyOf(send)) ?? []),
  );
  for (const same of groupBy(sends, keyOf).values()) {
    violations.push(...leadsToOne(same), ...isBegunOnce(same, begun));
  }
  return violations;
}

function callsOf({ operations }: HistoryView): Send[] {
  return operations
    .filter(({ op }) => op === 'send')
    .map(({ tenant, request, task, client, outcome }: Operation) => ({
      tenant,
      messageId: request.messageId ?? '',
      request: toText(request),
      taskId: outcome === 'ok' ? task?.id : undefined,
      by: client,
    }));
}

function streamsOf({ streams }: HistoryView): Send[] {
  return streams
    .filter(({ opened }) => opened.by === 'send')
    .map(({ opened, frames: [first] }) => ({
      tenant: opened.tenant,
      messageId: opened.messageId ?? '',
      request: undefined,
      taskId: first && taskIdOf(first.response),
      by: `stream ${opened.stream}`,
    }));
}

/** The messages that the logs say were taken in. */
function beginningsOf({ tasks }: HistoryView) {
  return [...tasks.values()].flatMap((task) =>
    messagesOf(task).map(({ messageId }) => ({
      tenant: task.dumped.tenant,
      messageId,
      taskId: task.dumped.taskId,
    })),
  );
}

function messagesOf({ dumped }: TaskVersions): Message[] {
  return dumped.events.flatMap((dumpedEvent) => {
    const event = toTaskEvent(dumpedEvent);
    if (event.kind === 'task') return event.task.history?.slice(-1) ?? [];
    return event.kind === 'message' ? [event.message] : [];
  });
}

function exists(
  { taskId, messageId, by }: Send,
  { tasks }: HistoryView,
  begun: readonly { readonly taskId: string }[],
): Violation[] {
  if (taskId === undefined) {
    return [];
  }
  const about = { invariant: 'I1', taskId };
  if (!tasks.has(taskId)) {
    return [{ ...about, text: `${by} was told of a task that is not there` }];
  }
  return begun.some((one) => one.taskId === taskId)
    ? []
    : [{ ...about, text: `message ${messageId} of ${by} is not in the log` }];
}

function leadsToOne(sends: readonly Send[]): Violation[] {
  const requests = groupBy(sends, (send) => requestOf(send, sends));
  return [...requests.values()].flatMap((same) => {
    const [first, ...others] = new Set(
      same.flatMap(({ taskId }) => taskId ?? []),
    );
    return others.map((taskId) => ({
      invariant: 'I1',
      taskId,
      text: `message ${same[0]?.messageId} led to this task and to ${first}`,
    }));
  });
}

/** More messages in the logs than were sent: one of them had an effect twice. */
function isBegunOnce(
  sends: readonly Send[],
  begun: ReadonlyMap<string, readonly { readonly taskId: string }[]>,
): Violation[] {
  const [send] = sends;
  const found = send ? (begun.get(keyOf(send)) ?? []) : [];
  const requests = new Set(sends.map((one) => requestOf(one, sends)));
  return found.slice(requests.size).map(({ taskId }) => ({
    invariant: 'I1',
    taskId,
    text: `message ${send?.messageId} is in the logs ${found.length} times, first in task ${found[0]?.taskId}`,
  }));
}

/** What a send asked; a stream that does not say asked what the first call asked. */
function requestOf({ request }: Send, sends: readonly Send[]): string {
  return request ?? sends.find((one) => one.request)?.request ?? '';
}

function toText(request: OperationRequest): string {
  const { taskId, contextId, messageId, body, configId } = request;
  return JSON.stringify([taskId, contextId, messageId, body, configId]);
}

function keyOf({ tenant, messageId }: Pick<Send, 'tenant' | 'messageId'>) {
  return JSON.stringify([tenant, messageId]);
}
