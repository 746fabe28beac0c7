import { type SendInput } from '../messages/message-input.js';
import {
  type SendOptions,
  type StreamMessageOptions,
} from '../messages/send-options.js';
import { type StreamEvent } from '../results/stream-event.js';
import { type TaskResult } from '../results/task-result.js';
import { textOfEvents } from '../streams/text-of-events.js';

const DEFAULT_MAX_ANSWERS = 10;

/** Options of a conversation. */
export interface ConversationOptions {
  /** The context to go on in. @default the agent makes one for the first message */
  readonly contextId?: string | undefined;

  /** The task to go on with. @default the first message makes one */
  readonly taskId?: string | undefined;

  /**
   * Answers what a task asks for (`input-required`) while `send` waits for it.
   * `undefined` leaves the question to whoever called `send`.
   */
  readonly answer?:
    | ((
        question: TaskResult,
      ) => SendInput | undefined | Promise<SendInput | undefined>)
    | undefined;

  /** How often `answer` is asked for one `send`; the next question is left to the caller. @default 10 */
  readonly maxAnswers?: number | undefined;
}

/** The part of a client that a conversation needs. */
export interface ConversationClient {
  send(input: SendInput, options: SendOptions): Promise<TaskResult>;
  stream(
    input: SendInput,
    options: StreamMessageOptions,
  ): AsyncIterable<StreamEvent>;
}

/** What a message may not say in a conversation, which says it itself. */
type Told<T> = Omit<T, 'taskId' | 'contextId'>;

/**
 * Messages that belong together (A2A §3.4): all in one context, and each for
 * the task that is open, as long as one is. After its end the next message
 * makes another task in the same context. One message at a time.
 */
export class Conversation {
  readonly #client: ConversationClient;
  readonly #options: ConversationOptions;
  #contextId: string | undefined;
  #taskId: string | undefined;

  constructor(client: ConversationClient, options: ConversationOptions = {}) {
    const { maxAnswers = DEFAULT_MAX_ANSWERS } = options;
    if (!Number.isSafeInteger(maxAnswers) || maxAnswers < 0) {
      throw new TypeError('maxAnswers must not be negative');
    }
    this.#client = client;
    this.#options = { ...options, maxAnswers };
    this.#contextId = options.contextId;
    this.#taskId = options.taskId;
  }

  /** The context; `undefined` until the agent has named it. */
  get contextId(): string | undefined {
    return this.#contextId;
  }

  /** The task that the next message is for; `undefined` where it makes one. */
  get taskId(): string | undefined {
    return this.#taskId;
  }

  /** Sends the next message, as `send` of the client. */
  async send(
    input: SendInput,
    options: Told<SendOptions> = {},
  ): Promise<TaskResult> {
    let result = await this.#sendOne(input, options);
    const { answer, maxAnswers = 0 } = this.#options;
    for (let asked = 0; answer && asked < maxAnswers; asked += 1) {
      const next = result.inputRequired ? await answer(result) : undefined;
      if (next === undefined) {
        return result;
      }
      result = await this.#sendOne(next, withoutMessageId(options));
    }
    return result;
  }

  /** Sends the next message, as `stream` of the client. */
  async *stream(
    input: SendInput,
    options: Told<StreamMessageOptions> = {},
  ): AsyncGenerator<StreamEvent> {
    const events = this.#client.stream(input, { ...options, ...this.#place() });
    for await (const event of events) {
      const isOver = event.kind === 'message' ? !event.taskId : event.isFinal;
      this.#note(event, isOver);
      yield event;
    }
  }

  /** Sends the next message, as `streamText` of the client. */
  streamText(
    input: SendInput,
    options: Told<StreamMessageOptions> = {},
  ): AsyncGenerator<string> {
    return textOfEvents(this.stream(input, options));
  }

  async #sendOne(
    input: SendInput,
    options: Told<SendOptions>,
  ): Promise<TaskResult> {
    const place = this.#place();
    const result = await this.#client.send(input, { ...options, ...place });
    this.#note(result, result.isTerminal);
    return result;
  }

  #place() {
    return { contextId: this.#contextId, taskId: this.#taskId };
  }

  #note(
    { contextId, taskId }: { contextId: string; taskId: string },
    isOver: boolean,
  ): void {
    this.#contextId = contextId || this.#contextId;
    this.#taskId = isOver ? undefined : taskId || this.#taskId;
  }
}

/** An answer is another message. */
function withoutMessageId({
  messageId: _messageId,
  ...options
}: Told<SendOptions>): Told<SendOptions> {
  return options;
}
