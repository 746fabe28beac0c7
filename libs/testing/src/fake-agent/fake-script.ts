import { type A2AErrorCode } from '@nest-a2a/protocol';
import {
  type FakeAnswer,
  type FakeContent,
  type FakeState,
  type FakeStep,
} from './fake-answer.js';

/** How the result of a fake task is meant. */
export interface FakeTaskOptions {
  /** @default 'completed' */
  readonly state?: FakeState;
  /** What the agent says about the state. @default nothing */
  readonly message?: FakeContent;
}

/** Takes the answers of a script, in their order. */
export type AnswerSink = (...answers: FakeAnswer[]) => void;

/** What goes wrong with requests, one after the other. Each call answers the script, so that they can be chained. */
export class FaultScript {
  constructor(protected readonly add: AnswerSink) {}

  /** An error of the protocol, in the form of the binding. */
  error(code: A2AErrorCode, message = 'Refused by the fake agent'): this {
    this.add({ kind: 'error', code, message });
    return this;
  }

  /** HTTP 503, so many times. */
  unavailable(times = 1): this {
    return this.http(503, { times });
  }

  /** An answer that no agent gave: of a proxy, for example. */
  http(
    status: number,
    {
      times = 1,
      headers = {},
    }: { times?: number; headers?: Readonly<Record<string, string>> } = {},
  ): this {
    const answer = { kind: 'http', status, headers } as const;
    this.add(...Array.from({ length: times }, () => answer));
    return this;
  }

  /** The connection breaks before anything is answered, so many times. */
  cut(times = 1): this {
    this.add(
      ...Array.from({ length: times }, () => ({ kind: 'cut' }) as const),
    );
    return this;
  }
}

/** What a fake agent answers to messages, one after the other. */
export class FakeScript extends FaultScript {
  /** A message, and no task. */
  reply(content: FakeContent): this {
    this.add({ kind: 'message', content });
    return this;
  }

  /** A task that is in its state at once; the content is its artifact. */
  task(
    content?: FakeContent,
    { state = 'completed', message }: FakeTaskOptions = {},
  ): this {
    const parts = typeof content === 'string' ? [{ text: content }] : content;
    return this.updates(...(parts ? [{ artifact: { parts } }] : []), {
      state,
      ...(message !== undefined && { message }),
    });
  }

  /** A task whose steps a stream shows as they come. */
  updates(...steps: FakeStep[]): this {
    this.add({ kind: 'task', steps });
    return this;
  }
}
