import { type JsonObject } from '../json.js';
import { type Message } from '../message/message.js';
import { type Part } from '../message/part.js';
import { type TaskState } from './task-state.js';

/** Where a task stands (A2A `TaskStatus`). */
export interface TaskStatus {
  state: TaskState;
  /** What the agent says about this state. */
  message?: Message;
  /** When the state was entered, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  timestamp?: string;
}

/** A result of a task (A2A `Artifact`). */
export interface Artifact {
  /** Unique within the task. */
  artifactId: string;
  name?: string;
  description?: string;
  /** At least one. */
  parts: Part[];
  metadata?: JsonObject;
  /** URIs of the extensions that contributed to it. */
  extensions?: string[];
}

/** A unit of work of an agent (A2A `Task`). */
export interface Task {
  /** Made by the agent, unique. */
  id: string;
  /** The conversation the task belongs to. This implementation always sets it. */
  contextId?: string;
  status: TaskStatus;
  artifacts?: Artifact[];
  /** The messages of the task, oldest first; the message of the current status is not among them. */
  history?: Message[];
  metadata?: JsonObject;
}
