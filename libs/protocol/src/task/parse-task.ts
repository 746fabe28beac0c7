import {
  messageParser,
  partsField,
  textsParser,
} from '../message/parse-message.js';
import { metadata } from '../validation/json-value.js';
import { list } from '../validation/list.js';
import {
  expected,
  object,
  optional,
  optionalText,
  required,
} from '../validation/object.js';
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

/** The status of a task (A2A §4.1.2). */
export const taskStatusParser: Parser<TaskStatus> = object<TaskStatus>({
  state: required(enumeration(TASK_STATES)),
  message: optional(messageParser),
  timestamp: optionalText(timestamp),
});

/** An artifact (A2A §4.1.7). */
export const artifactParser: Parser<Artifact> = object<Artifact>({
  artifactId: required(id),
  name: optionalText(text),
  description: optionalText(text),
  parts: partsField,
  metadata: optional(metadata),
  extensions: optional(textsParser),
});

/** A task (A2A §4.1.1). */
export const taskParser: Parser<Task> = object<Task>({
  id: required(id),
  contextId: optionalText(id),
  status: required(taskStatusParser),
  artifacts: optional(list(artifactParser)),
  history: optional(list(messageParser)),
  metadata: optional(metadata),
});

/** A change of the status of a task. */
export const statusUpdateParser: Parser<TaskStatusUpdateEvent> =
  object<TaskStatusUpdateEvent>({
    taskId: required(id),
    contextId: expected(text, () => ''),
    status: required(taskStatusParser),
    metadata: optional(metadata),
  });

/** A new artifact, or a chunk of one. */
export const artifactUpdateParser: Parser<TaskArtifactUpdateEvent> =
  object<TaskArtifactUpdateEvent>({
    taskId: required(id),
    contextId: expected(text, () => ''),
    artifact: required(artifactParser),
    append: optional(boolean),
    lastChunk: optional(boolean),
    metadata: optional(metadata),
  });
