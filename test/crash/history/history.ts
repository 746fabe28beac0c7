import { type StreamResponse, type Task } from '@nest-a2a/protocol';

/**
 * What happened in one run of the laboratory: what each client asked and was
 * answered, what each stream and each webhook receiver saw, what was broken and
 * when, and at last what stands in the store. Times are milliseconds of the
 * laboratory's own clock. One entry is one line of the JSON Lines file.
 */
export type HistoryEntry =
  | Operation
  | StreamOpened
  | StreamFrame
  | StreamClosed
  | WebhookReceived
  | ForbiddenRequest
  | Fault
  | WorkerRun
  | Resources;

/** What a client can ask. */
export type OperationName =
  'send' | 'get' | 'list' | 'cancel' | 'createConfig' | 'deleteConfig';

/** The wire form that a client uses. */
export type ClientBinding = 'JSONRPC' | 'HTTP+JSON' | 'GRPC';

/**
 * How a call ended: `ok` with an answer; `refused` with a protocol error that
 * says that nothing was done; `unknown` where the connection broke, nothing came
 * in time, or the agent was not available: it may have happened or not.
 */
export type Outcome = 'ok' | 'refused' | 'unknown';

/** One call of one client, written when it has ended. */
export interface Operation {
  readonly kind: 'operation';
  readonly op: OperationName;
  readonly client: string;
  readonly binding: ClientBinding;
  readonly tenant: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
  readonly request: OperationRequest;
  /** The task of the answer (`send`, `get`, `cancel`). */
  readonly task?: Task;
  /** The ids of the answer of `list`. */
  readonly listed?: readonly string[];
  /** Code of the protocol or transport error. */
  readonly error?: string;
}

/** What was asked. Two sends are the same request when all of this is equal. */
export interface OperationRequest {
  readonly taskId?: string;
  readonly contextId?: string;
  readonly messageId?: string;
  /** The message's content. */
  readonly body?: string;
  readonly configId?: string;
}

/** A stream was asked for. */
export interface StreamOpened {
  readonly kind: 'streamOpened';
  /** Unique for each connection. */
  readonly stream: string;
  /** The same over reconnects: what one reader saw in all is the concatenation of its streams. */
  readonly reader: string;
  readonly tenant: string;
  readonly binding: ClientBinding;
  readonly at: number;
  /** How it began: with a message, or by subscribing to a task. */
  readonly by: 'send' | 'subscribe';
  readonly taskId?: string;
  readonly messageId?: string;
  /** What the reader had seen before. */
  readonly lastEventId?: number;
}

/** One frame that arrived complete. */
export interface StreamFrame {
  readonly kind: 'frame';
  readonly stream: string;
  readonly at: number;
  /** The `id:` of the frame: the sequence number of the event. gRPC has none. */
  readonly id?: number;
  readonly response: StreamResponse;
}

/** A stream is over. */
export interface StreamClosed {
  readonly kind: 'streamClosed';
  readonly stream: string;
  readonly at: number;
  /** `end`: the agent ended it; `cut`: the connection broke; `refused`: it never began, see `error`. */
  readonly how: 'end' | 'cut' | 'refused';
  readonly error?: string;
}

/** One request to a webhook receiver, written when it was answered. */
export interface WebhookReceived {
  readonly kind: 'webhook';
  readonly taskId: string;
  /** From the URL: a configuration has a URL of its own. */
  readonly configId: string;
  readonly tenant: string;
  readonly startedAt: number;
  readonly answeredAt: number;
  /** Header `webhook-id`. */
  readonly webhookId: string;
  /** Header `a2a-event-sequence`. */
  readonly seq: number;
  /** Header `a2a-previous-sequence`. */
  readonly previousSeq: number;
  /** SHA-256 of the body's bytes, hex. */
  readonly bodyHash: string;
  readonly body: StreamResponse;
  /** What the receiver did: `taken`, then answered 2xx; `processedButReset`: taken, and the connection cut before the answer. */
  readonly answer:
    'taken' | 'processedButReset' | 'refused' | 'hung' | 'redirected';
  /** HTTP status, where one was sent. */
  readonly status?: number;
  /** What the receiver asked for with `Retry-After`, milliseconds. */
  readonly retryAfterMs?: number;
}

/** A request arrived at an address that agents must never call. */
export interface ForbiddenRequest {
  readonly kind: 'forbidden';
  readonly at: number;
  readonly path: string;
}

/** Something was broken on purpose. */
export interface Fault {
  readonly kind: 'fault';
  readonly at: number;
  readonly action:
    | 'kill'
    | 'pause'
    | 'errorBefore'
    | 'errorAfter'
    | 'stop'
    | 'cut'
    | 'databaseRestart'
    | 'databaseDisconnect'
    | 'delay'
    | 'hang'
    | 'block'
    | 'wakeLost'
    | 'wakeDoubled'
    | 'wakeDelayed'
    | 'halfOpen'
    | 'slowReader'
    | 'rollingRestart';
  /** Milliseconds it lasted, for what did not happen in a moment. */
  readonly durationMs?: number;
  /** The instance, where one was broken. */
  readonly instance?: string;
  /** The failpoint, where one was reached. */
  readonly point?: string;
}

/** A worker began a run of a turn: told by the worker itself. */
export interface WorkerRun {
  readonly kind: 'run';
  readonly at: number;
  readonly taskId: string;
  /** Unique for each run; part of every status text of the run. */
  readonly run: string;
  readonly instance: string;
  readonly attempt: number;
}

/** What an instance or the database server holds. */
export interface Resources {
  readonly kind: 'resources';
  readonly at: number;
  readonly instance: string;
  /** `baseline`: idle, after the first work was done; `settled`: idle again, at the end. Only instances that lived from the one to the other have both. */
  readonly when: 'baseline' | 'settled';
  /** Counts by name: `sockets`, `timers`, `databaseConnections`, `heapMegabytes`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Everything that stands in the store when all is quiet. */
export interface StoreDump {
  /** The store's clock, milliseconds. */
  readonly now: number;
  readonly tasks: readonly DumpedTask[];
  /** Rows of the application, where it has some. */
  readonly bookings: readonly Booking[];
  readonly conversations: readonly DumpedConversation[];
}

/** A row that a worker has written in one commit with what it said about the task. */
export interface Booking {
  readonly taskId: string;
  /** The run of the worker that wrote it. */
  readonly run: string;
}

/** What the worker keeps for a conversation: who has visited it. */
export interface Visits {
  readonly count: number;
  readonly visitors: readonly string[];
}

/** The value of a conversation as the database has it. */
export interface DumpedConversation {
  readonly tenant: string;
  readonly contextId: string;
  readonly value: Visits;
}

/** One task as the database has it. */
export interface DumpedTask {
  readonly taskId: string;
  readonly tenant: string;
  readonly contextId: string;
  readonly version: number;
  readonly state: string;
  readonly owner: string | null;
  /** When its turn is due or its lease ends; `null` for neither. */
  readonly dueAt: number | null;
  readonly finishedAt: number | null;
  readonly epoch: number;
  /** In the order of `seq`. */
  readonly events: readonly DumpedEvent[];
  /** The task as the store loads it. */
  readonly task: Task;
  readonly configs: readonly DumpedConfig[];
}

/** One event as the database has it. */
export interface DumpedEvent {
  readonly seq: number;
  readonly id: string;
  /** `task`, `statusUpdate`, `artifactUpdate` are public; `step`, `message`, `announce`, … are not. */
  readonly eventKind: string;
  /** For public kinds the `StreamResponse`; else the stored body. */
  readonly body: unknown;
  readonly epoch: number;
  readonly turn: number;
  readonly at: number;
}

/** One push notification configuration as the database has it. */
export interface DumpedConfig {
  readonly configId: string;
  readonly state: string;
  /** The cursor: the last event that is done. */
  readonly doneSeq: number;
  readonly attempts: readonly {
    readonly seq: number;
    readonly outcome: 'delivered' | 'failed' | 'dead';
    readonly at: number;
  }[];
}

/** What the workload meant to happen. */
export interface Expectation {
  readonly contextId: string;
  /** The task, where several are in the conversation. */
  readonly taskId?: string;
  /** The ends that are right for the task, among them those that a race may lead to. */
  readonly states: readonly string[];
  /** Texts that its artifacts have together when it is COMPLETED, in the order of their ids. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** Steps of `ctx.once` that must stand in the log once each when it is COMPLETED. */
  readonly steps?: readonly string[];
  /** Rows of the application that belong to the task when it is COMPLETED. @default not looked at */
  readonly bookings?: number;
  /** By what name each of its turns is counted in the value of the conversation. @default none is */
  readonly visitors?: readonly string[];
  /** Configurations that lived from the beginning to the end: each must have got every selected event. */
  readonly liveConfigs: readonly string[];
}

/** How the laboratory was set up, for the invariants that need numbers. */
export interface LabSettings {
  readonly seed: number;
  readonly runtime: string;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly cancelGraceMs: number;
  /** The longest that one attempt of a webhook may take. */
  readonly pushDeadlineMs: number;
  readonly maxAttempts: number;
}

/** All that the checker looks at. */
export interface History {
  readonly settings: LabSettings;
  readonly entries: readonly HistoryEntry[];
  readonly expectations: readonly Expectation[];
  readonly dump: StoreDump;
}

/** Something that must not happen has happened. */
export interface Violation {
  /** `I1` to `I19`. */
  readonly invariant: string;
  readonly taskId?: string;
  readonly text: string;
}
