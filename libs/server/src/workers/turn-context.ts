import {
  type Artifact,
  type JsonObject,
  type JsonValue,
  type Message,
  newId,
  type Part,
  type RawPart,
  textOf,
  type UrlPart,
  type ValidationLimits,
} from '@nest-a2a/protocol';
import { type Claim } from '@nest-a2a/store';
import { isMediaTypeIn } from '../access/media-types.js';
import { type MessageBody } from '../tasks/new-events.js';
import { type Chunk } from './artifact-tracker.js';
import {
  type ArtifactInput,
  type Content,
  type MessageContent,
  toArtifact,
  toMessageBody,
} from './content.js';
import { type Conversation } from './conversation.js';
import { type DataSchema } from './data/data-schema.js';
import { parseData } from './data/parse-data.js';
import { type ChunkOptions, type TaskContext } from './task-context.js';
import { type TransactionRunner } from './transaction-runner.js';
import { type TurnEmitter } from './turn-emitter.js';
import { messagesOfTurn } from './turn-message.js';
import { type TurnSteps } from './turn-steps.js';
import { type TurnTransactions } from './turn-transactions.js';
import { TurnError } from './turn.errors.js';

/** What a context is made of. */
export interface TurnContextParts {
  readonly claim: Claim;
  readonly emitter: TurnEmitter;
  readonly steps: TurnSteps;
  readonly transactions: TurnTransactions;
  readonly conversation: Conversation;
  readonly limits: ValidationLimits;
  readonly signal: AbortSignal;
  /** Told why an emit was refused: the worker may not have waited to hear it. */
  onRefused(error: unknown): void;
}

/** The context that a worker is given. What it says goes through the emitter, which guards the turn. */
export class TurnContext implements TaskContext {
  readonly taskId: string;
  readonly contextId: string;
  readonly agent: string;
  readonly tenant: string;
  readonly principal: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly message: Message;
  readonly history: readonly Message[];
  readonly metadata: Readonly<JsonObject>;
  readonly extensions: readonly string[];
  readonly previousArtifacts: readonly Artifact[];
  private readonly outputModes: readonly string[];
  /** Where chunks go that name no artifact: the same in each run of the turn, so that a second run replaces the first. */
  private readonly chunkedArtifactId: string;

  constructor(private readonly made: TurnContextParts) {
    const { record, turn, attempt } = made.claim;
    this.taskId = record.task.id;
    this.contextId = record.task.contextId ?? '';
    this.agent = record.scope.agent;
    this.tenant = record.scope.tenant;
    this.principal = record.scope.principal;
    this.attempt = attempt;
    this.signal = made.signal;
    const { message, history } = messagesOfTurn(made.claim);
    this.message = message;
    this.history = history;
    this.metadata = turn.request.metadata ?? {};
    this.extensions = turn.request.extensions ?? [];
    this.outputModes = turn.request.acceptedOutputModes ?? [];
    this.chunkedArtifactId = `turn-${turn.seq}`;
    this.previousArtifacts = record.task.artifacts ?? [];
  }

  get messageId(): string {
    return this.message.messageId;
  }

  get parts(): readonly Part[] {
    return this.message.parts;
  }

  get userText(): string {
    return textOf(this.parts);
  }

  get files(): readonly (RawPart | UrlPart)[] {
    return this.parts.filter((part) => 'raw' in part || 'url' in part);
  }

  get dataParts(): readonly JsonValue[] {
    return this.parts.filter((part) => 'data' in part).map(({ data }) => data);
  }

  data<T>(schema: DataSchema<T>): Promise<T> {
    return parseData(schema, this.dataParts[0]);
  }

  get referenceTaskIds(): readonly string[] {
    return this.message.referenceTaskIds ?? [];
  }

  get isCanceled(): boolean {
    const { reason } = this.signal as { reason: unknown };
    return reason instanceof TurnError && reason.code === 'TURN_CANCELED';
  }

  get turnEnded(): boolean {
    return this.made.emitter.hasEnded;
  }

  accepts(mediaType: string): boolean {
    return (
      this.outputModes.length === 0 ||
      isMediaTypeIn(mediaType, this.outputModes)
    );
  }

  sendStatus(content: MessageContent): Promise<void> {
    return this.say(() => this.made.emitter.status(this.toBody(content)));
  }

  emitArtifact(input: ArtifactInput): Promise<string> {
    return this.say(() => this.emit(input));
  }

  emitText(chunk: string, options: ChunkOptions = {}): Promise<string> {
    return this.emitChunk(chunk, options);
  }

  emitData(value: JsonValue, options: ChunkOptions = {}): Promise<string> {
    const part = { data: value, mediaType: 'application/json' };
    return options.artifactId === undefined
      ? this.emitArtifact({ ...options, parts: part })
      : this.emitChunk(part, options);
  }

  /** Adds a chunk of anything. @returns the id of the artifact */
  emitChunk(content: Content, options: ChunkOptions = {}): Promise<string> {
    const { artifactId = this.chunkedArtifactId, lastChunk = false } = options;
    return this.say(() => {
      const hasBegun = this.made.emitter.artifacts.begin(artifactId);
      const { append = hasBegun } = options;
      const chunk = { artifactId, parts: content, append, lastChunk };
      return this.emit({ ...options, ...chunk });
    });
  }

  complete(content?: Content): Promise<void> {
    return this.end('TASK_STATE_COMPLETED', () => {
      const isEmpty = content === undefined;
      return { chunks: isEmpty ? [] : [this.toChunk({ parts: content })] };
    });
  }

  completeJson(value: JsonValue): Promise<void> {
    return this.complete({ data: value, mediaType: 'application/json' });
  }

  respond(content: MessageContent): Promise<void> {
    return this.endSaying('TASK_STATE_COMPLETED', content);
  }

  reply(content: MessageContent): Promise<void> {
    return this.say(async () => {
      this.assertMayEnd();
      await this.made.emitter.reply(this.toBody(content));
    });
  }

  fail(reason: MessageContent): Promise<void> {
    return this.endSaying('TASK_STATE_FAILED', reason);
  }

  reject(reason?: MessageContent): Promise<void> {
    return reason === undefined
      ? this.end('TASK_STATE_REJECTED')
      : this.endSaying('TASK_STATE_REJECTED', reason);
  }

  requestInput(question: MessageContent): Promise<void> {
    return this.endSaying('TASK_STATE_INPUT_REQUIRED', question);
  }

  requestAuth(details: MessageContent): Promise<void> {
    return this.endSaying('TASK_STATE_AUTH_REQUIRED', details);
  }

  once<T extends JsonValue>(
    key: string,
    step: () => Promise<T> | T,
  ): Promise<T> {
    return handled(this.made.steps.once(key, step));
  }

  withTransaction<T, Tx>(
    transaction: Tx | TransactionRunner<Tx>,
    work: (transaction: Tx) => Promise<T>,
  ): Promise<T> {
    return handled(this.made.transactions.run(transaction, work));
  }

  async loadContext<T extends JsonValue>(): Promise<T | undefined> {
    return (await this.made.conversation.load()) as T | undefined;
  }

  updateContext(value: JsonValue): Promise<void> {
    return handled(this.replaceContext(value));
  }

  private async replaceContext(value: JsonValue): Promise<void> {
    const { transactions, conversation } = this.made;
    if (transactions.isInside) {
      throw new TurnError(
        'NOT_SUPPORTED',
        'updateContext() is a commit of its own: call it before or after withTransaction()',
      );
    }
    await transactions.pass(() => conversation.update(value));
  }

  private async emit(input: ArtifactInput): Promise<string> {
    const chunk = this.toChunk(input);
    await this.made.emitter.artifact(chunk);
    return chunk.artifact.artifactId;
  }

  private endSaying(
    state: Parameters<TurnEmitter['end']>[0],
    content: MessageContent,
  ): Promise<void> {
    return this.end(state, () => ({ said: this.toBody(content) }));
  }

  private end(
    state: Parameters<TurnEmitter['end']>[0],
    said: () => Parameters<TurnEmitter['end']>[1] = () => ({}),
  ): Promise<void> {
    return this.say(async () => {
      const content = said();
      this.assertMayEnd();
      await this.made.emitter.end(state, content);
    });
  }

  /** A turn that was told to stop, or has lost some of what it said, no longer decides how the task ends. */
  private assertMayEnd(): void {
    if (this.turnEnded) {
      return;
    }
    if (this.signal.aborted) {
      throw this.signal.reason;
    }
    const { overflow } = this.made.emitter;
    if (overflow) {
      throw overflow;
    }
  }

  private say<T>(emit: () => Promise<T>): Promise<T> {
    const said = this.made.transactions.pass(async () => emit());
    said.catch((error: unknown) => this.made.onRefused(error));
    return handled(said);
  }

  private toBody(content: MessageContent): MessageBody {
    return toMessageBody(content, this.made.limits);
  }

  private toChunk(input: ArtifactInput): Chunk {
    const { append = false, lastChunk = !append } = input;
    const { artifactId = newId() } = input;
    const artifact = toArtifact({ ...input, artifactId }, this.made.limits);
    return { artifact, append, lastChunk };
  }
}

/** What the worker does not await must not end the process when it fails. */
function handled<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  return call;
}
