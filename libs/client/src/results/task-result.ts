import {
  type Artifact,
  isInterrupted,
  isTerminal,
  type JsonValue,
  type Message,
  type Part,
  type RawPart,
  type Task,
  textOf,
  type UrlPart,
} from '@nest-a2a/protocol';
import { type TaskStateName, toStateName } from './state-name.js';

/** A file that an agent sent: its content (`raw`, base64) or its address (`url`). */
export type FilePart = RawPart | UrlPart;

/**
 * A task as an agent answered it, or the message that it answered instead of
 * making a task. Immutable; what it says is computed when asked for.
 */
export class TaskResult {
  /** @param raw what the agent answered */
  constructor(readonly raw: Task | Message) {}

  private get task(): Task | undefined {
    return 'messageId' in this.raw ? undefined : this.raw;
  }

  private get direct(): Message | undefined {
    return 'messageId' in this.raw ? this.raw : undefined;
  }

  /** Whether the agent answered with a message and made no task. */
  get isDirectMessage(): boolean {
    return this.direct !== undefined;
  }

  /** Empty for a direct message that names no task. */
  get taskId(): string {
    return this.task?.id ?? this.direct?.taskId ?? '';
  }

  /** The conversation; empty where the agent names none. */
  get contextId(): string {
    return this.raw.contextId ?? '';
  }

  /** `completed` for a direct message: there is nothing more to come. */
  get state(): TaskStateName {
    return this.task ? toStateName(this.task.status.state) : 'completed';
  }

  /** The message of the status, or the direct message. */
  get message(): Message | undefined {
    return this.direct ?? this.task?.status.message;
  }

  /** In the order in which they were made. */
  get artifacts(): readonly Artifact[] {
    return this.task?.artifacts ?? [];
  }

  /** The messages of the task, oldest first, as far as the agent sends them; that of the status is not among them. */
  get history(): readonly Message[] {
    return this.task?.history ?? [];
  }

  /** The artifact with this id. */
  artifact(artifactId: string): Artifact | undefined {
    return this.artifacts.find((one) => one.artifactId === artifactId);
  }

  /**
   * The texts of the artifacts, a line break between two of them; else the text
   * of the status message or of the direct message. Empty where there is none.
   */
  get text(): string {
    const texts = this.artifacts
      .map(({ parts }) => textOf(parts))
      .filter((text) => text !== '');
    return texts.length > 0
      ? texts.join('\n')
      : textOf(this.message?.parts ?? []);
  }

  /** The values of the data parts of the artifacts, or of the direct message, in order. */
  get data(): readonly JsonValue[] {
    return this.content().flatMap((part) =>
      'data' in part ? [part.data] : [],
    );
  }

  /** The files of the artifacts, or of the direct message, in order. */
  get files(): readonly FilePart[] {
    return this.content().filter((part) => 'raw' in part || 'url' in part);
  }

  /** Whether nothing changes any more. */
  get isTerminal(): boolean {
    return this.task === undefined || isTerminal(this.task.status.state);
  }

  /** Whether the task waits for the caller. */
  get isInterrupted(): boolean {
    return this.task !== undefined && isInterrupted(this.task.status.state);
  }

  get completed(): boolean {
    return this.state === 'completed';
  }

  get failed(): boolean {
    return this.state === 'failed';
  }

  get canceled(): boolean {
    return this.state === 'canceled';
  }

  get rejected(): boolean {
    return this.state === 'rejected';
  }

  get inputRequired(): boolean {
    return this.state === 'input-required';
  }

  get authRequired(): boolean {
    return this.state === 'auth-required';
  }

  private content(): readonly Part[] {
    return this.direct?.parts ?? this.artifacts.flatMap(({ parts }) => parts);
  }
}
