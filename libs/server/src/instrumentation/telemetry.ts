import {
  type A2AError,
  type Operation,
  type ProtocolVersion,
  type TaskState,
} from '@nest-a2a/protocol';
import {
  type DeliveryAttempt,
  type Seq,
  type TaskStore,
} from '@nest-a2a/store';

/** An operation of A2A that a caller has asked for. */
export interface OperationFacts {
  readonly operation: Operation;
  /** Name of the agent. */
  readonly agent: string;
  readonly binding: 'JSONRPC' | 'HTTP+JSON' | 'GRPC';
  readonly version: ProtocolVersion;
  readonly isStream: boolean;
  /** A header of the request, or metadata of the call. */
  header(name: string): string | undefined;
}

/** A turn that begins to run, for the first time or again. */
export interface TurnFacts {
  readonly agent: string;
  readonly taskId: string;
  readonly contextId: string | undefined;
  readonly turn: Seq;
  /** 1, and one more each time that an instance died with the turn. */
  readonly attempt: number;
  /** Whether another run has begun it before. */
  readonly isTakenOver: boolean;
  /** W3C trace context of the request that began it. */
  readonly traceparent: string | undefined;
  /** How long ago the message was committed, milliseconds. */
  readonly waitedMs: number;
}

/**
 * How a run of a turn ended: with a state of the task, with a message in place of
 * a task, handed back at shutdown, lost to somebody else, or not at all, so that
 * its lease expires.
 */
export type TurnOutcome =
  TaskState | 'REPLIED' | 'HANDED_BACK' | 'LOST' | 'UNFINISHED';

/** What became of a run. */
export interface TurnEnd {
  readonly outcome: TurnOutcome;
  /** What went wrong, in a word: few and stable. Missing where the worker ended the turn itself. */
  readonly error?: string;
}

/** An attempt to deliver one event to a webhook. */
export interface DeliveryFacts {
  readonly agent: string;
  readonly taskId: string;
  readonly configId: string;
  readonly seq: Seq;
  readonly attempt: number;
  readonly isRedelivery: boolean;
  /** The URL of the webhook. A secret: no more than its origin may leave the process. */
  readonly url: string;
  /** When the event was committed, milliseconds on the store's clock. */
  readonly committedAt: number;
  /** W3C trace context of what wrote the event. */
  readonly traceparent: string | undefined;
}

/** Webhooks of an agent that have something to deliver to one origin. */
export interface WaitingWebhooks {
  readonly agent: string;
  readonly waiting: number;
  /** How long ago the oldest event was committed, milliseconds. */
  readonly oldestAgeMs: number;
}

/** What can be measured when somebody looks. */
export interface MeasuredSources {
  /** What waits for webhooks, in all instances. Missing where this process delivers none. */
  readonly webhooks?: () => Promise<readonly WaitingWebhooks[]>;
}

/** Work that is told the trace context that others continue it by, where there is one. */
export type TracedWork<T> = (traceparent: string | undefined) => Promise<T>;

/**
 * Told what the runtime does, to make spans and metrics of it. Whoever
 * implements it runs the work that it is given once, at once and in a context of
 * its own, answers what that answers, and fails only as that does.
 */
export interface Telemetry {
  /** W3C trace context of what runs now, where there is one. */
  traceparent(): string | undefined;

  /**
   * An operation until its answer is out, or its stream has ended.
   *
   * @param run given what to call where the operation fails and the caller is told
   */
  operation<T>(
    facts: OperationFacts,
    run: (failed: (error: A2AError) => void) => Promise<T>,
  ): Promise<T>;

  /** A run of a turn. */
  turn(facts: TurnFacts, run: TracedWork<TurnEnd>): Promise<TurnEnd>;

  /** An attempt of a delivery; `undefined` where nothing was noted of it. */
  delivery(
    facts: DeliveryFacts,
    run: TracedWork<DeliveryAttempt | undefined>,
  ): Promise<DeliveryAttempt | undefined>;

  /** A task has this state since now. */
  taskState(state: TaskState): void;

  /** The same store, observed. @param name that of its runtime */
  store(store: TaskStore, name: string): TaskStore;

  /** Begins to measure. @returns what ends it */
  measure(sources: MeasuredSources): () => void;
}
