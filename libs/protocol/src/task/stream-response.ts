import { type JsonObject } from '../json.js';
import { type Message } from '../message/message.js';
import { type Artifact, type Task, type TaskStatus } from './task.js';

/** A change of the status of a task (A2A `TaskStatusUpdateEvent`). */
export interface TaskStatusUpdateEvent {
  taskId: string;
  contextId: string;
  status: TaskStatus;
  metadata?: JsonObject;
}

/** A new artifact, or a further chunk of one (A2A `TaskArtifactUpdateEvent`). */
export interface TaskArtifactUpdateEvent {
  taskId: string;
  contextId: string;
  artifact: Artifact;
  /** The parts continue those of the artifact with the same id; otherwise they replace it. */
  append?: boolean;
  /** The artifact is complete. */
  lastChunk?: boolean;
  metadata?: JsonObject;
}

/**
 * What a stream and a webhook carry: exactly one member (A2A `StreamResponse`).
 * The member that is there says what it is.
 */
export type StreamResponse =
  | { task: Task }
  | { message: Message }
  | { statusUpdate: TaskStatusUpdateEvent }
  | { artifactUpdate: TaskArtifactUpdateEvent };

/** The names of the members of a {@link StreamResponse}. */
export type StreamResponseKind =
  'task' | 'message' | 'statusUpdate' | 'artifactUpdate';

/** Answers to SendMessage: a task, or a message where the agent made no task (A2A `SendMessageResponse`). */
export type SendMessageResponse = { task: Task } | { message: Message };
