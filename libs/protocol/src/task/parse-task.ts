import {
  messageParser,
  partsParser,
  textsParser,
} from '../message/parse-message.js';
import { metadata } from '../validation/json-value.js';
import { list, object, optional, required } from '../validation/object.js';
import { type Parser } from '../validation/parse-context.js';
import {
  boolean,
  enumeration,
  id,
  text,
  timestamp,
} from '../validation/scalars.js';
import {
  type TaskArtifactUpdateEvent,
  type TaskStatusUpdateEvent,
} from './stream-response.js';
import { TASK_STATES } from './task-state.js';
import { type Artifact, type Task, type TaskStatus } from './task.js';

/** The status of a task. */
export const taskStatusParser: Parser<TaskStatus> = object<TaskStatus>({
  state: required(enumeration(TASK_STATES)),
  message: optional(messageParser),
  timestamp: optional(timestamp),
});

/** An artifact. */
export const artifactParser: Parser<Artifact> = object<Artifact>({
  artifactId: required(id),
  name: optional(text),
  description: optional(text),
  parts: required(partsParser),
  metadata: optional(metadata),
  extensions: optional(textsParser),
});

/** A task. */
export const taskParser: Parser<Task> = object<Task>({
  id: required(id),
  contextId: optional(id),
  status: required(taskStatusParser),
  artifacts: optional(list(artifactParser)),
  history: optional(list(messageParser)),
  metadata: optional(metadata),
});

/** A change of the status of a task. */
export const statusUpdateParser: Parser<TaskStatusUpdateEvent> =
  object<TaskStatusUpdateEvent>({
    taskId: required(id),
    contextId: required(text),
    status: required(taskStatusParser),
    metadata: optional(metadata),
  });

/** A new artifact, or a chunk of one. */
export const artifactUpdateParser: Parser<TaskArtifactUpdateEvent> =
  object<TaskArtifactUpdateEvent>({
    taskId: required(id),
    contextId: required(text),
    artifact: required(artifactParser),
    append: optional(boolean),
    lastChunk: optional(boolean),
    metadata: optional(metadata),
  });
