import {
  isTerminal,
  type Operation,
  parseTask,
  type Task,
} from '@nest-a2a/protocol';
import { type StreamFrame } from '../bindings/client-binding.js';
import { type Capability } from '../card/assert-capability.js';
import { type CallScope } from '../calls/call-scope.js';
import { retryDelay, type RetryPolicy } from '../calls/retry-options.js';
import {
  type AgentConnection,
  type StreamOptions,
} from '../connection/agent-connection.js';
import { StreamAssembler } from '../results/stream-assembler.js';
import { type StreamEvent } from '../results/stream-event.js';
import { sleep } from '../waiting/sleep.js';
import {
  endedTooSoon,
  isBroken,
  isNextId,
  isNotFollowed,
  isSettled,
  settled,
  type StreamEnd,
  taskIn,
} from './stream-facts.js';
import { differenceOf } from './task-difference.js';

/** How long an agent may keep a stream open after its last event. */
const FINAL_GRACE_MS = 1_000;

const STREAMING: readonly Capability[] = ['streaming'];

/** The request that a stream begins with. */
export interface StreamStart {
  readonly operation: Operation;
  readonly request: object;
  /** What the agent has to be able to do. */
  readonly needs: readonly Capability[];
}

/**
 * Follows one task over as many streams as it takes.
 *
 * | state | left when |
 * | --- | --- |
 * | on the first stream | it ends: over, or to the next |
 * | on a further stream, which begins with the task as it is | it ends, or does not begin so: to the looks |
 * | looking at the task again and again | the task is finished or waits for the caller: over |
 *
 * What is known of the task only ever grows: each further stream and each look
 * is compared with it, and only the difference is handed on.
 */
export class TaskFollower {
  readonly #assembler = new StreamAssembler();
  readonly #connection: AgentConnection;
  readonly #options: StreamOptions;
  readonly #scope: CallScope;
  readonly #retry: RetryPolicy;
  readonly #resumeMs: number;
  #lastEventId: string | undefined;
  #isOver = false;
  /** Set while the stream is broken. */
  #resumeUntil: number | undefined;
  /** Streams and looks in a row that brought nothing new. */
  #fruitless = 0;

  constructor(
    connection: AgentConnection,
    options: StreamOptions & { scope: CallScope },
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#scope = options.scope;
    this.#retry = connection.retryOf(options);
    this.#resumeMs = connection.resumeMsOf(options);
    this.#lastEventId = options.lastEventId;
  }

  /** The events, as they come. @throws A2AError, A2AClientError */
  async *events(start: StreamStart): AsyncGenerator<StreamEvent> {
    let end = yield* this.#begin(start);
    while (this.#goesOn(end)) {
      this.#resumeUntil ??= Date.now() + this.#resumeMs;
      await this.#pause();
      end = yield* this.#resume();
    }
    if (end.error !== undefined && !this.#isOver) {
      throw end.error as Error;
    }
  }

  /** The first stream; opened again where it broke before its first event and that does no harm. */
  async *#begin(start: StreamStart): AsyncGenerator<StreamEvent, StreamEnd> {
    for (let attempt = 1; ; attempt += 1) {
      const frames = await this.#open(start);
      const end = this.#endOfFirst(start, yield* this.#take(frames));
      if (this.#assembler.task || !isBroken(end)) {
        return end;
      }
      const { operation, request } = start;
      if (
        attempt >= this.#retry.maxAttempts ||
        !this.#connection.isRepeatable(operation, request)
      ) {
        const error = this.#connection.lossOf(operation, request, end.error);
        return { error };
      }
      await this.#pause();
    }
  }

  /** What a message brings has a first event; without one, it is lost. */
  #endOfFirst({ operation }: StreamStart, end: StreamEnd): StreamEnd {
    const isEmpty = !this.#assembler.task && !this.#isOver && !('error' in end);
    return isEmpty && operation === 'SendStreamingMessage'
      ? { error: endedTooSoon() }
      : end;
  }

  async *#resume(): AsyncGenerator<StreamEvent, StreamEnd> {
    const request = { id: this.#assembler.task?.id ?? '' };
    const opened = await settled(
      this.#open({ operation: 'SubscribeToTask', request, needs: STREAMING }),
    );
    if ('value' in opened) {
      return yield* this.#continueOn(opened.value);
    }
    this.#fruitless += 1;
    return isNotFollowed(opened.error) ? yield* this.#look() : opened;
  }

  /** A further stream, which has to begin with the task or right behind the last event: else nobody knows what is missing before it. */
  async *#continueOn(
    frames: AsyncIterable<StreamFrame>,
  ): AsyncGenerator<StreamEvent, StreamEnd> {
    const reading = frames[Symbol.asyncIterator]();
    try {
      const first = await settled(reading.next());
      if ('error' in first) return first;
      this.#resumeUntil = undefined;
      // Some agents say by an empty stream that the task is over.
      if (first.value.done) return yield* this.#lookOnce();
      const frame = first.value.value;
      if (yield* this.#isConnected(frame)) {
        return this.#isOver ? {} : yield* this.#takeFrom(reading);
      }
    } finally {
      await reading.return?.();
    }
    return yield* this.#look();
  }

  /** Hands on the first frame of a further stream. @returns whether what follows is right behind what is known */
  async *#isConnected(
    frame: StreamFrame,
  ): AsyncGenerator<StreamEvent, boolean> {
    const task = taskIn(frame);
    if (task) {
      return !(yield* this.#catchUp(task, frame.id));
    }
    if (!isNextId(this.#lastEventId, frame.id)) {
      return false;
    }
    this.#fruitless = 0;
    yield* this.#hand(frame);
    return true;
  }

  /** Looks at the task again and again, for agents that nobody can follow from where he was. */
  async *#look(): AsyncGenerator<StreamEvent, StreamEnd> {
    for (;;) {
      const end = yield* this.#lookOnce();
      if (this.#isOver || 'error' in end) return end;
      await this.#pause();
    }
  }

  async *#lookOnce(): AsyncGenerator<StreamEvent, StreamEnd> {
    const { timeoutMs, extensions } = this.#options;
    const options = { timeoutMs, extensions, signal: this.#scope.signal };
    const request = { id: this.#assembler.task?.id ?? '' };
    const answer = await settled(
      this.#connection.call('GetTask', request, options),
    );
    if ('error' in answer) return answer;
    this.#resumeUntil = undefined;
    const task = parseTask(answer.value);
    yield* this.#catchUp(task, undefined);
    this.#isOver ||= isSettled(task);
    return {};
  }

  /** Hands on what a task says that was not known. @returns whether it is older than what is known */
  async *#catchUp(
    task: Task,
    id: string | undefined,
  ): AsyncGenerator<StreamEvent, boolean> {
    const known = this.#assembler.task ?? task;
    const { events, isBehind } = differenceOf(known, task);
    this.#fruitless = events.length > 0 ? 0 : this.#fruitless + 1;
    for (const [index, value] of events.entries()) {
      const isLast = index === events.length - 1;
      yield* this.#hand({ value, id: isLast && !isBehind ? id : undefined });
    }
    if (!isBehind) {
      this.#assembler.restart(task);
      this.#lastEventId = id;
    }
    this.#isOver ||= isTerminal(task.status.state);
    return isBehind;
  }

  async *#take(
    frames: AsyncIterable<StreamFrame>,
  ): AsyncGenerator<StreamEvent, StreamEnd> {
    const reading = frames[Symbol.asyncIterator]();
    try {
      return yield* this.#takeFrom(reading);
    } finally {
      await reading.return?.();
    }
  }

  async *#takeFrom(
    reading: AsyncIterator<StreamFrame>,
  ): AsyncGenerator<StreamEvent, StreamEnd> {
    for (;;) {
      const next = await settled(reading.next());
      if (this.#isOver && this.#scope.signal.aborted) return {};
      // What had arrived before would come otherwise.
      this.#scope.signal.throwIfAborted();
      if ('error' in next) return next;
      if (next.value.done) return {};
      this.#fruitless = 0;
      yield* this.#hand(next.value.value);
    }
  }

  async *#hand(frame: StreamFrame): AsyncGenerator<StreamEvent> {
    const event = this.#assembler.next(frame);
    this.#lastEventId = frame.id;
    yield event;
    // A subscription may begin with a task that waits, and goes on.
    const isQuestion =
      event.kind !== 'task' && event.state === 'input-required';
    this.#isOver = event.isFinal || isQuestion;
    if (event.isFinal) {
      this.#scope.limit(FINAL_GRACE_MS);
    }
  }

  async #open(start: StreamStart): Promise<AsyncIterable<StreamFrame>> {
    const { operation, request, needs } = start;
    return this.#connection.open(operation, request, {
      ...this.#options,
      needs,
      scope: this.#scope,
      lastEventId: this.#lastEventId,
    });
  }

  /** Whether there may be more, and a way to get it. */
  #goesOn(end: StreamEnd): boolean {
    const { task } = this.#assembler;
    const isLate = Date.now() >= (this.#resumeUntil ?? Infinity);
    if (this.#isOver || !task || this.#resumeMs === 0 || isLate) {
      return false;
    }
    this.#scope.signal.throwIfAborted();
    return end.error === undefined ? !isSettled(task) : isBroken(end);
  }

  #pause(): Promise<void> {
    const delayMs = retryDelay(this.#retry, this.#fruitless + 1) ?? 0;
    return sleep(delayMs, this.#scope.signal);
  }
}
