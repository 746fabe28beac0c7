import { type Operation } from '@nest-a2a/protocol';

/** What goes with a request besides its content. */
export interface BindingCall {
  /** Service parameters and what else travels beside a request: HTTP headers, or gRPC metadata. */
  headers: Readonly<Record<string, string>>;
  /** Appended to the URL; of no meaning where a request has none. @default {} */
  query?: Readonly<Record<string, string>> | undefined;
  /** Fails the call, and its stream. */
  signal: AbortSignal;
}

/** One event of a stream as the binding carried it. */
export interface StreamFrame {
  /** The SSE id, where the agent gives its events ids; other bindings have none. */
  id: string | undefined;
  /** Should be a `StreamResponse`; not checked. */
  value: unknown;
}

/** Sizes that answers may have. */
export interface AnswerLimits {
  maxEventBytes: number;
  maxResponseBytes: number;
  /** Milliseconds without a sign of life after which a stream counts as broken; `Infinity` for no limit. */
  streamIdleMs: number;
  /** Milliseconds until there is a connection. */
  connectTimeoutMs: number;
}

/** What the bindings over HTTP go by. */
export interface HttpBindingSettings<Wire> extends AnswerLimits {
  /** What differs between the versions of the protocol. */
  readonly wire: Wire;
  readonly isTrusted: boolean;
}

/**
 * One wire form of one version of the protocol, towards one interface of an
 * agent. Requests, answers and events are in the form of A2A 1.0 on this side,
 * whatever the version. The tenant of the interface goes with every request.
 *
 * Both calls throw an `A2AError` for what the agent says against the request
 * and an `A2AClientError` for what went wrong on the way.
 */
export interface ClientBinding {
  /** Whether the interface is at one of the origins that may get credentials. @default false */
  readonly isTrusted?: boolean | undefined;

  /**
   * Asks and answers the content of the answer, unchecked.
   *
   * @param request as `parseRequest` made it, without a tenant
   */
  call(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<unknown>;

  /**
   * Asks, and resolves when the answer begins: with the frames as they come.
   * They must be taken; leaving early closes the connection.
   */
  open(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<AsyncIterable<StreamFrame>>;

  /** Releases what only this binding holds, such as a channel. Idempotent. */
  close?(): Promise<void>;
}
