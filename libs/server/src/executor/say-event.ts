import {
  Message,
  Task,
  TaskArtifactUpdateEvent,
  TaskState,
  TaskStatusUpdateEvent,
} from '@a2a-js/sdk';
import { type AgentExecutionEvent } from '@a2a-js/sdk/server';
import {
  type Message as A2AMessage,
  type Task as A2ATask,
  type TaskArtifactUpdateEvent as A2AArtifactUpdate,
  type TaskStatus,
  type TaskStatusUpdateEvent as A2AStatusUpdate,
} from '@nest-a2a/protocol';
import { type MessageInput } from '../workers/content.js';
import { type TaskContext } from '../workers/task-context.js';
import { TurnError } from '../workers/turn.errors.js';

/** Says in the turn what an executor has published. What comes after the end of the turn is not said. */
export async function sayEvent(
  context: TaskContext,
  event: AgentExecutionEvent,
): Promise<void> {
  if (context.turnEnded) {
    return;
  }
  switch (event.kind) {
    case 'message':
      return reply(context, Message.toJSON(event.data) as A2AMessage);
    case 'task':
      return sayTask(context, Task.toJSON(event.data) as A2ATask);
    case 'statusUpdate': {
      const update = TaskStatusUpdateEvent.toJSON(event.data);
      return sayStatus(context, (update as A2AStatusUpdate).status);
    }
    case 'artifactUpdate': {
      const update = TaskArtifactUpdateEvent.toJSON(event.data);
      return sayArtifact(context, update as A2AArtifactUpdate);
    }
  }
}

/** The task is the runtime's: of what the executor publishes as one, its artifacts and its state are news. */
async function sayTask(
  context: TaskContext,
  { artifacts = [], status }: A2ATask,
): Promise<void> {
  const known = new Set(
    context.previousArtifacts.map(({ artifactId }) => artifactId),
  );
  for (const artifact of artifacts) {
    if (!known.has(artifact.artifactId)) await context.emitArtifact(artifact);
  }
  // That of an earlier turn comes back with the task; it has been said.
  if (status.state !== 'TASK_STATE_WORKING') await sayStatus(context, status);
}

async function sayStatus(
  context: TaskContext,
  { state, message }: TaskStatus,
): Promise<void> {
  const said = message && toInput(message);
  switch (state) {
    case 'TASK_STATE_SUBMITTED':
      return;
    case 'TASK_STATE_WORKING':
      return said && context.sendStatus(said);
    case 'TASK_STATE_COMPLETED':
      return said ? context.respond(said) : context.complete();
    case 'TASK_STATE_FAILED':
      return context.fail(said ?? 'The agent failed to process the message.');
    case 'TASK_STATE_REJECTED':
      return context.reject(said);
    case 'TASK_STATE_INPUT_REQUIRED':
      return context.requestInput(said ?? 'Input is required.');
    case 'TASK_STATE_AUTH_REQUIRED':
      return context.requestAuth(said ?? 'Authorization is required.');
    case 'TASK_STATE_CANCELED':
      // Who was told to cancel has done so; the runtime ends the task.
      return context.isCanceled
        ? undefined
        : context.fail(said ?? 'The agent canceled the task.');
  }
}

async function sayArtifact(
  context: TaskContext,
  { artifact, append = false, lastChunk = false }: A2AArtifactUpdate,
): Promise<void> {
  await context.emitArtifact({ ...artifact, append, lastChunk });
}

/** A direct message, or, where the task is known already, its end. */
async function reply(context: TaskContext, message: A2AMessage): Promise<void> {
  const said = toInput(message);
  try {
    await context.reply(said);
  } catch (error) {
    const isTold =
      error instanceof TurnError && error.code === 'REPLY_NOT_ALLOWED';
    if (!isTold) throw error;
    await context.respond(said);
  }
}

function toInput({ parts, metadata, extensions }: A2AMessage): MessageInput {
  return {
    parts,
    ...(metadata && { metadata }),
    ...(extensions && { extensions }),
  };
}

/** Whether an executor says by it that it has cancelled its task. */
export function isCancellation(event: AgentExecutionEvent): boolean {
  switch (event.kind) {
    case 'task':
      return event.data.status?.state === TaskState.TASK_STATE_CANCELED;
    case 'statusUpdate':
      return event.data.status?.state === TaskState.TASK_STATE_CANCELED;
    default:
      return false;
  }
}
