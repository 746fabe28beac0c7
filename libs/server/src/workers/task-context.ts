import {
  type Artifact,
  type JsonObject,
  type JsonValue,
  type Message,
  type Part,
  type RawPart,
  type UrlPart,
} from '@nest-a2a/protocol';
import {
  type ArtifactInput,
  type Content,
  type MessageContent,
} from './content.js';
import { type DataSchema } from './data/data-schema.js';
import { type TransactionRunner } from './transaction-runner.js';

/** How a chunk of text or data belongs to an artifact. */
export interface ChunkOptions {
  /** @default one artifact for all chunks of the turn */
  readonly artifactId?: string;
  /** @default true, but false for the first chunk of the artifact in a run of the turn */
  readonly append?: boolean;
  /** @default false */
  readonly lastChunk?: boolean;
  /** Name of the artifact, for the first chunk. */
  readonly name?: string;
}

/**
 * One turn of one task: what the caller said, and everything a worker can do
 * about it. Calls that emit resolve when what they emit is committed; awaiting
 * them gives back-pressure and shows errors where they happen.
 *
 * Exactly one ending call ends the turn. A second one, and any emit after it,
 * throws `TurnError` `TURN_ENDED`; no ending call at all fails the task.
 */
export interface TaskContext {
  readonly taskId: string;
  readonly contextId: string;
  /** Id of {@link message}. */
  readonly messageId: string;
  readonly agent: string;
  /** Empty where the application has no tenants. */
  readonly tenant: string;
  /** Who owns the task; empty for callers that nobody has identified. */
  readonly principal: string;
  /** 1, and one more each time that an instance died with this turn. */
  readonly attempt: number;
  /**
   * Aborts when the turn should stop: cancelled, timed out, handed back at
   * shutdown, or taken over. The reason is a `TurnError` with a code that says which.
   */
  readonly signal: AbortSignal;

  /** The message to work on. Where the host resumed the task without one, the caller's last message. */
  readonly message: Message;
  readonly parts: readonly Part[];
  /** The text parts of the message, put together. */
  readonly userText: string;
  /** The parts that are files, by content or by address. */
  readonly files: readonly (RawPart | UrlPart)[];
  /** The values of the data parts. */
  readonly dataParts: readonly JsonValue[];
  /**
   * The first data part, checked: against a class with decorators of
   * `class-validator`, which is then what it is an instance of, or by a schema
   * that follows Standard Schema, such as one of Zod. A worker that lets the
   * error pass rejects the task; the caller reads what is wrong, by field.
   *
   * @throws InvalidDataError, MissingValidatorError
   */
  data<T>(schema: DataSchema<T>): Promise<T>;
  /** The metadata of the request. */
  readonly metadata: Readonly<JsonObject>;
  /** What the caller and the agent have said before this turn, in the order of the task's history. */
  readonly history: readonly Message[];
  /** The artifacts that the task had when the turn began, those of an interrupted attempt included. */
  readonly previousArtifacts: readonly Artifact[];
  readonly referenceTaskIds: readonly string[];
  /** URIs of the extensions that are active. */
  readonly extensions: readonly string[];
  /** Whether the caller understands a media type. True where the caller did not say. */
  accepts(mediaType: string): boolean;

  /** Reports progress: the task stays WORKING and says this. */
  sendStatus(content: MessageContent): Promise<void>;
  /** Adds an artifact, or a chunk of one. @returns its id */
  emitArtifact(artifact: ArtifactInput): Promise<string>;
  /** Adds a chunk of text. @returns the id of the artifact */
  emitText(chunk: string, options?: ChunkOptions): Promise<string>;
  /** Adds a JSON value, by default as an artifact of its own. @returns the id of the artifact */
  emitData(value: JsonValue, options?: ChunkOptions): Promise<string>;

  /** Ends the task: COMPLETED, with the content as an artifact where there is any. */
  complete(content?: Content): Promise<void>;
  /** Ends the task: COMPLETED, with a JSON value as an artifact. */
  completeJson(value: JsonValue): Promise<void>;
  /** Ends the task: COMPLETED, with a message and no artifact. */
  respond(content: MessageContent): Promise<void>;
  /**
   * Answers with a message and no task. Only as the first call of a worker with
   * `directReplies`, for a caller that waits.
   *
   * @throws TurnError `REPLY_NOT_ALLOWED`
   */
  reply(content: MessageContent): Promise<void>;
  /** Ends the task: FAILED. The caller reads the reason. */
  fail(reason: MessageContent): Promise<void>;
  /** Ends the task: REJECTED, the agent does not want to do it. */
  reject(reason?: MessageContent): Promise<void>;
  /** Ends the turn: INPUT_REQUIRED. The caller's answer begins the next turn. */
  requestInput(question: MessageContent): Promise<void>;
  /** Ends the turn: AUTH_REQUIRED (A2A §7.6). A message, or `TaskService.resume`, begins the next turn. */
  requestAuth(details: MessageContent): Promise<void>;

  /** Whether somebody has cancelled the task. */
  readonly isCanceled: boolean;
  /** Whether an ending call was made. */
  readonly turnEnded: boolean;

  /**
   * Runs a step and stores its result. When the turn is run again after a
   * take-over, the stored result is returned and the step does not run. The
   * step runs at least once: a crash between its end and the commit repeats it.
   */
  once<T extends JsonValue>(
    key: string,
    step: () => Promise<T> | T,
  ): Promise<T>;
  /**
   * Commits rows of the application and what `work` says about the task
   * together, or neither. Resolves when both are committed; rejects when neither
   * is, and the turn goes on as if `work` had said nothing.
   *
   * The application's own data layer runs the transaction; see
   * {@link TransactionRunner}. What `work` says is stored right before the
   * commit, so its calls resolve early, and streams, webhooks and other
   * instances see it after the commit. What the turn says elsewhere waits
   * meanwhile: `work` must not wait for that.
   *
   * A turn that has lost its lease, or was cancelled and wants to end, makes
   * it reject. So does a transaction that takes too long
   * (`turn.transactionTimeoutMs`).
   *
   * @throws TurnError `NOT_SUPPORTED` where the runtime shares no database with the application, `TURN_LOST`,
   *   `TRANSACTION_TIMED_OUT`, `TRANSACTION_CONFLICT`, `TOO_MANY_PENDING`
   * @throws StoreError `UNAVAILABLE` where the database is away: neither is committed
   * @throws TypeError for a transaction within another one, or one that the runtime cannot be part of
   */
  withTransaction<T, Tx>(
    run: TransactionRunner<Tx>,
    work: (transaction: Tx) => Promise<T>,
  ): Promise<T>;
  /**
   * The same on a connection that has no transaction open: it is begun here,
   * READ COMMITTED, and committed or rolled back. The connection stays the caller's.
   *
   * @param client for PostgreSQL a connected client of the `pg` package
   */
  withTransaction<T, Client extends object>(
    client: Client,
    work: (client: Client) => Promise<T>,
  ): Promise<T>;
  /** The value of the conversation, `undefined` where none was stored. */
  loadContext<T extends JsonValue>(): Promise<T | undefined>;
  /**
   * Stores the value of the conversation in place of the one that was loaded.
   *
   * @throws TurnError `CONTEXT_CONFLICT` where another turn stored one since it was loaded: load again;
   *   `TURN_ENDED`, `TURN_LOST`, `TURN_HANDED_BACK` where the turn may no longer write
   */
  updateContext(value: JsonValue): Promise<void>;
}
