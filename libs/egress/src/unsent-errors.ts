import { type ClientRequest } from 'node:http';
import { type ConnectionGate } from './connection-gate.js';

/** What requests failed with of which nothing can have left. */
export class UnsentErrors {
  readonly #known = new WeakSet<object>();
  readonly #gate: ConnectionGate;

  constructor(gate: ConnectionGate) {
    this.#gate = gate;
  }

  /**
   * Notes what a request failed with.
   *
   * @param original what axios threw; it knows the request, if there was one
   * @param shown what the caller gets
   */
  note(original: unknown, shown: object): void {
    const { socket } = requestOf(original) ?? {};
    if (!socket || !this.#gate.wasReady(socket)) {
      this.#known.add(shown);
    }
  }

  has(error: unknown): boolean {
    return (
      typeof error === 'object' && error !== null && this.#known.has(error)
    );
  }
}

function requestOf(error: unknown): Partial<ClientRequest> | undefined {
  return (error as { request?: ClientRequest } | undefined)?.request;
}
