import { A2AClientError } from '../errors/a2a-client-error.js';
import { type CallLimits, CallScope } from './call-scope.js';

/** The calls of one client that are under way. */
export class OpenCalls {
  readonly #open = new Set<CallScope>();
  #isClosed = false;

  /** How many calls are under way. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Starts a call; whoever starts it ends it.
   *
   * @throws A2AClientError `closed`
   */
  begin(limits: CallLimits): CallScope {
    if (this.#isClosed) {
      throw closed();
    }
    const scope = new CallScope(limits, (ended) => this.#open.delete(ended));
    this.#open.add(scope);
    return scope;
  }

  /** Runs a call from start to end. @throws what ended it early, or what the work threw */
  async run<T>(
    limits: CallLimits,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const scope = this.begin(limits);
    try {
      scope.signal.throwIfAborted();
      return await work(scope.signal);
    } catch (error) {
      throw scope.reasonFor(error);
    } finally {
      scope.end();
    }
  }

  /** Fails every open call and refuses new ones. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const scope of this.#open) {
      scope.fail(closed());
    }
  }
}

function closed(): A2AClientError {
  return new A2AClientError('closed', 'The client is closed');
}
