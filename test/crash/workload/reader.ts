import {
  isInterrupted,
  isTerminal,
  type StreamResponse,
} from '@nest-a2a/protocol';
import { type Recorder } from '../history/recorder.js';
import { type CallerIdentity } from './caller.js';
import { stateOf, taskIdOf } from './stream-response.js';
import { StreamRefused, type WireClient } from './wire-client.js';

const RECONNECT_PAUSE_MS = 100;
/** A connection is given up after this silence, milliseconds: several heartbeats. */
const SILENCE_MS = 6_000;

/** How a reader behaves. */
export interface ReaderOptions {
  readonly reader: string;
  readonly identity: CallerIdentity;
  readonly wire: WireClient;
  readonly recorder: Recorder;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Whether it names the last event that it has seen. gRPC cannot. */
  readonly resumes: boolean;
}

/** What a reader joins or begins. */
export type ReaderStart =
  | {
      readonly by: 'send';
      readonly params: object;
      readonly messageId: string;
    }
  | { readonly by: 'subscribe'; readonly taskId: string };

/** Reads a task's stream to its end, over as many connections as that takes. */
export class Reader {
  private lastEventId: number | undefined;
  private taskId: string | undefined;
  private streams = 0;
  private isOver = false;
  /** Called with each frame, for scenarios that wait for one. */
  onFrame: (response: StreamResponse) => void = () => undefined;

  constructor(private readonly options: ReaderOptions) {}

  /** Resolves when the stream has come to its end. */
  async follow(start: ReaderStart): Promise<void> {
    if (start.by === 'subscribe') {
      this.taskId = start.taskId;
    }
    while (!this.isOver) {
      this.options.signal.throwIfAborted();
      await this.connect(start);
      if (!this.isOver) {
        await new Promise((done) => setTimeout(done, RECONNECT_PAUSE_MS));
      }
    }
  }

  private async connect(start: ReaderStart): Promise<void> {
    const { identity, wire, recorder } = this.options;
    const stream = `${this.options.reader}#${++this.streams}`;
    const call = this.callFor(start);
    recorder.note({
      kind: 'streamOpened',
      stream,
      reader: this.options.reader,
      tenant: identity.tenant,
      binding: identity.binding,
      at: Date.now(),
      ...call.facts,
    });
    const close = (how: 'end' | 'cut' | 'refused', error?: string) =>
      recorder.note({
        kind: 'streamClosed',
        stream,
        at: Date.now(),
        how,
        ...(error !== undefined && { error }),
      });
    const silence = new Silence(SILENCE_MS);
    try {
      const request = { tenant: identity.tenant, ...call.request };
      for await (const { id, response } of wire.open(call.operation, request, {
        signal: silence.signal,
        onBytes: () => silence.heard(),
      })) {
        silence.heard();
        recorder.note({
          kind: 'frame',
          stream,
          at: Date.now(),
          response,
          ...(id !== undefined && { id }),
        });
        this.take(response, id);
      }
      close('end');
    } catch (error) {
      this.lose(error, close);
    } finally {
      silence.end();
    }
  }

  /** A stream that broke goes on with a subscription, as soon as the task is known. */
  private callFor(start: ReaderStart) {
    const { resumes } = this.options;
    if (this.taskId !== undefined) {
      const lastEventId = resumes ? this.lastEventId : undefined;
      const resumed = lastEventId === undefined ? {} : { lastEventId };
      const { taskId } = this;
      return {
        operation: 'SubscribeToTask',
        request: { params: { id: taskId }, ...resumed },
        facts: { by: 'subscribe' as const, taskId, ...resumed },
      };
    }
    if (start.by !== 'send') {
      throw new TypeError('A reader that subscribes knows its task');
    }
    const { params, messageId } = start;
    return {
      operation: 'SendStreamingMessage',
      request: { params },
      facts: { by: 'send' as const, messageId },
    };
  }

  private take(response: StreamResponse, id: number | undefined): void {
    this.lastEventId = id ?? this.lastEventId;
    this.taskId ??= taskIdOf(response);
    const state = stateOf(response);
    if (state && (isTerminal(state) || isInterrupted(state))) {
      this.isOver = true;
    }
    this.onFrame(response);
  }

  private lose(
    error: unknown,
    close: (how: 'cut' | 'refused', error: string) => void,
  ): void {
    if (error instanceof StreamRefused) {
      close('refused', error.message);
      // A task that has ended cannot be joined.
      this.isOver ||= error.outcome === 'refused';
    } else {
      close('cut', String(error));
    }
  }
}

/** Aborts where nothing is heard for too long. gRPC shows no heartbeats, and its frames may be far apart, so the limit is generous. */
class Silence {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout;

  constructor(private readonly limitMs: number) {
    this.timer = this.begin();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  heard(): void {
    if (this.controller.signal.aborted) return;
    clearTimeout(this.timer);
    this.timer = this.begin();
  }

  end(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  private begin(): NodeJS.Timeout {
    return setTimeout(() => this.controller.abort(), this.limitMs);
  }
}
