import {
  type Message,
  newId,
  type Task,
  type TaskState,
  toTimestamp,
} from '@nest-a2a/protocol';
import { type NewEvent, type TaskEvent } from '@nest-a2a/store';

/** An event with an id of its own. */
export function newEvent(body: TaskEvent): NewEvent {
  return { id: newId(), body };
}

/** The ids that every event of a task names. */
export interface TaskIds {
  readonly taskId: string;
  readonly contextId: string;
}

/** The ids of a task. Every task that this runtime makes has a context. */
export function idsOf({ id, contextId = '' }: Task): TaskIds {
  return { taskId: id, contextId };
}

/** What a message says, besides who says it and where. */
export type MessageBody = Pick<Message, 'parts' | 'metadata' | 'extensions'>;

/** A message of the agent in a task. */
export function agentMessage(
  { taskId, contextId }: TaskIds,
  body: MessageBody,
): Message {
  return {
    messageId: newId(),
    contextId,
    taskId,
    role: 'ROLE_AGENT',
    ...body,
  };
}

/**
 * A new status.
 *
 * @param status.at when the state is entered, milliseconds on the store's clock
 */
export function statusEvent(
  ids: TaskIds,
  status: { state: TaskState; at: number; said?: MessageBody },
): NewEvent {
  const { state, at, said } = status;
  return newEvent({
    kind: 'statusUpdate',
    statusUpdate: {
      taskId: ids.taskId,
      contextId: ids.contextId,
      status: {
        state,
        ...(said && { message: agentMessage(ids, said) }),
        timestamp: toTimestamp(at),
      },
    },
  });
}
