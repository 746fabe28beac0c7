import { type StreamResponse } from '@nest-a2a/protocol';
import { type ClientBinding, type Outcome } from '../history/history.js';

/** What one call was answered with. */
export type CallAnswer =
  | { readonly outcome: 'ok'; readonly result: Record<string, unknown> }
  | { readonly outcome: Exclude<Outcome, 'ok'>; readonly error: string };

/** What to ask, and for which tenant. */
export interface WireRequest {
  readonly tenant: string;
  readonly params: object;
}

/** One frame of a stream. */
export interface WireFrame {
  readonly id?: number;
  readonly response: StreamResponse;
}

/** An open stream was refused, or never began: what `CallAnswer` says for calls. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused';

  constructor(
    readonly outcome: Exclude<Outcome, 'ok'>,
    message: string,
  ) {
    super(message);
  }
}

/** How a stream is read. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly onBytes?: () => void;
}

/** Speaks one binding, without any client library. */
export interface WireClient {
  readonly binding: ClientBinding;
  /** Never throws. */
  call(
    operation: string,
    request: WireRequest,
    signal: AbortSignal,
  ): Promise<CallAnswer>;
  /**
   * The frames of a stream, to its end.
   *
   * @param options.onBytes called when anything arrives, heartbeats as well, as far as the binding shows them
   * @throws StreamRefused where it did not begin; anything else where it broke
   */
  open(
    operation: string,
    request: WireRequest & { readonly lastEventId?: number },
    options: StreamOptions,
  ): AsyncIterable<WireFrame>;
}
