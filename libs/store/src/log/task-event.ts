import {
  type JsonObject,
  type JsonValue,
  type Message,
  type Task,
  type TaskArtifactUpdateEvent,
  type TaskStatusUpdateEvent,
} from '@nest-a2a/protocol';

/** Position of an event in the log of its task: 1, 2, 3, … without gaps. Also the version of the task. */
export type Seq = number;

/** What a caller asked besides the message itself. The turn needs it, also when another instance runs it later. */
export interface TurnRequest {
  /** Media types that the caller understands. */
  acceptedOutputModes?: string[];
  /** URIs of the extensions that are active. */
  extensions?: string[];
  /** The metadata of the request, not of the message. */
  metadata?: JsonObject;
  /** W3C trace context of the request. */
  traceparent?: string;
}

/** Where an event comes from that begins no turn. */
export interface EventOrigin {
  /** W3C trace context of what wrote it: the work on a webhook continues it. */
  traceparent: string;
}

/**
 * One change of a task. `task`, `statusUpdate` and `artifactUpdate` are public:
 * streams and webhooks carry them. The others are the runtime's own.
 *
 * `task`, `message` and `resume` begin a turn.
 */
export type TaskEvent =
  /** The task as it was created, the first message in its history. */
  | { kind: 'task'; task: Task; turn: TurnRequest }
  | {
      kind: 'statusUpdate';
      statusUpdate: TaskStatusUpdateEvent;
      turn?: EventOrigin;
    }
  | {
      kind: 'artifactUpdate';
      artifactUpdate: TaskArtifactUpdateEvent;
      turn?: EventOrigin;
    }
  /** A further message of the caller. */
  | { kind: 'message'; message: Message; turn: TurnRequest }
  /** The host lets an interrupted task go on without a message. */
  | { kind: 'resume'; turn: TurnRequest }
  /** The task, so far unknown to everybody, becomes visible. */
  | { kind: 'announce' }
  /** The answer is a message, and there never was a task. */
  | { kind: 'reply'; message: Message }
  /** The turn ended before the worker said which chunk of the artifact is the last. */
  | { kind: 'artifactEnd'; artifactId: string; turn?: EventOrigin }
  /** The result of a step that must not run again when the turn does. */
  | { kind: 'step'; key: string; value: JsonValue };

/** The kinds of {@link TaskEvent}. */
export type TaskEventKind = TaskEvent['kind'];

/** An event on its way into the log. */
export interface NewEvent {
  /** Made by the writer, unique: a writer that lost the answer finds its own events by it. */
  readonly id: string;
  readonly body: TaskEvent;
}

/** An event in the log. It never changes. */
export interface StoredEvent extends NewEvent {
  readonly seq: Seq;
  /** When it was committed, milliseconds on the store's clock. */
  readonly at: number;
  /** The turn it belongs to: the {@link Seq} of the event that began the turn. */
  readonly turn: Seq;
  /** Lease under which it was written, see {@link Fence}; 0 for one written without a lease. */
  readonly epoch: number;
  /** For a public event the JSON of its `StreamResponse`, serialised once; every stream and webhook sends this text. */
  readonly json: string;
}

/** Whether streams and webhooks may carry an event of this kind. */
export function isPublicKind(
  kind: TaskEventKind,
): kind is 'task' | 'statusUpdate' | 'artifactUpdate' {
  return (
    kind === 'task' || kind === 'statusUpdate' || kind === 'artifactUpdate'
  );
}

/** Whether an event of this kind begins a turn. */
export function beginsTurn(
  kind: TaskEventKind,
): kind is 'task' | 'message' | 'resume' {
  return kind === 'task' || kind === 'message' || kind === 'resume';
}
