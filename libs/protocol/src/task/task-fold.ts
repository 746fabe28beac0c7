import { type JsonObject } from '../json.js';
import { type Message } from '../message/message.js';
import {
  type TaskArtifactUpdateEvent,
  type TaskStatusUpdateEvent,
} from './stream-response.js';
import { type Artifact, type Task, type TaskStatus } from './task.js';

/** How much of a task a snapshot shows. */
export interface SnapshotOptions {
  /** At most so many messages, the newest; 0 leaves the history out. @default all */
  historyLength?: number | undefined;
  /** @default true */
  includeArtifacts?: boolean | undefined;
}

/**
 * A task as the sum of its events. An event costs its own size: appending a
 * chunk does not copy what is there. Snapshots share parts and messages with
 * the fold, which never changes them once they are in.
 */
export class TaskFold {
  private status: TaskStatus;
  private readonly history: Message[];
  private readonly artifacts = new Map<string, Artifact>();
  private readonly rest: Omit<Task, 'status' | 'history' | 'artifacts'>;

  constructor({ status, history, artifacts, ...rest }: Task) {
    this.rest = rest;
    this.status = status;
    this.history = [...(history ?? [])];
    for (const artifact of artifacts ?? []) {
      this.artifacts.set(artifact.artifactId, copyOf(artifact));
    }
  }

  /**
   * Takes in a new status. The message of the status that it replaces becomes
   * history, unless the new status has a message with the same id: then it is
   * that message in a newer form.
   */
  applyStatus({ status }: TaskStatusUpdateEvent): void {
    const { message } = this.status;
    if (message && message.messageId !== status.message?.messageId) {
      this.history.push(message);
    }
    this.status = status;
  }

  /**
   * Takes in an artifact or a chunk of one. A chunk for an artifact that is not
   * there makes it (A2A gives no rule, and losing it would be worse).
   */
  applyArtifact({ artifact, append }: TaskArtifactUpdateEvent): void {
    const known = this.artifacts.get(artifact.artifactId);
    if (!append || !known) {
      this.artifacts.set(artifact.artifactId, copyOf(artifact));
      return;
    }
    const { parts, metadata, ...rest } = artifact;
    // Not `push(...parts)`: a spread argument list has a limit.
    for (const part of parts) {
      known.parts.push(part);
    }
    Object.assign(known, rest);
    if (metadata) {
      known.metadata = setAll(known.metadata ?? {}, metadata);
    }
  }

  /** Takes in a message of the conversation. */
  addMessage(message: Message): void {
    this.history.push(message);
  }

  /** Whether an artifact with this id is there. */
  hasArtifact(artifactId: string): boolean {
    return this.artifacts.has(artifactId);
  }

  /** The artifact as it is now; later chunks do not change what is answered. */
  artifact(artifactId: string): Artifact | undefined {
    const artifact = this.artifacts.get(artifactId);
    return artifact && copyOf(artifact);
  }

  /** The task as it is now; later events do not change what is answered. Costs the size of the answer. */
  snapshot({
    historyLength,
    includeArtifacts = true,
  }: SnapshotOptions = {}): Task {
    const history = this.history.slice(
      historyLength === undefined
        ? 0
        : Math.max(0, this.history.length - historyLength),
    );
    const artifacts = includeArtifacts ? [...this.artifacts.values()] : [];
    return {
      ...this.rest,
      status: this.status,
      ...(artifacts.length > 0 && { artifacts: artifacts.map(copyOf) }),
      ...(history.length > 0 && { history }),
    };
  }
}

/** A copy as deep as a chunk changes an artifact. */
function copyOf({ parts, metadata, ...rest }: Artifact): Artifact {
  return {
    ...rest,
    parts: [...parts],
    ...(metadata && { metadata: { ...metadata } }),
  };
}

/** Sets members in place. Unlike an assignment, it takes `__proto__` for a key like any other. */
function setAll(target: JsonObject, members: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(members)) {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return target;
}
