import {
  type AgentCard,
  type AgentInterface,
  DEFAULT_VALIDATION_LIMITS,
  type Operation,
  parseRequest,
  type ProtocolVersion,
  type ValidationLimits,
} from '@nest-a2a/protocol';
import {
  type ClientBinding,
  type StreamFrame,
} from '../bindings/client-binding.js';
import { type CallScope } from '../calls/call-scope.js';
import { OpenCalls } from '../calls/open-calls.js';
import { type CallOptions } from '../client-options.js';
import { type AgentHttp } from '../http/agent-http.js';
import { callHeaders } from './call-headers.js';

/** How large a request may be is for the agent to say. */
const NO_SIZE_LIMITS: ValidationLimits = {
  ...DEFAULT_VALIDATION_LIMITS,
  parts: Infinity,
  metadataBytes: Infinity,
  idLength: Infinity,
};

/** What a connection is made of. */
export interface ConnectionParts {
  card: AgentCard;
  agentInterface: AgentInterface;
  /** That of the interface. */
  version: ProtocolVersion;
  binding: ClientBinding;
  http: AgentHttp;
  /** What a call is done with that says nothing else. */
  defaults: { timeoutMs: number; extensions: readonly string[] };
}

/** Options of a call that a stream answers. */
export interface StreamOptions extends CallOptions {
  lastEventId?: string | undefined;
}

/**
 * An agent at the other end of one interface. Every request goes through here:
 * it is checked, gets its headers, a limit of time and an end.
 */
export class AgentConnection {
  readonly card: AgentCard;
  readonly agentInterface: AgentInterface;
  readonly calls = new OpenCalls();
  private readonly parts: ConnectionParts;
  private closing: Promise<void> | undefined;

  constructor(parts: ConnectionParts) {
    this.parts = parts;
    this.card = parts.card;
    this.agentInterface = parts.agentInterface;
  }

  /**
   * Asks and answers the content of the answer, unchecked.
   *
   * @throws A2AError `INVALID_PARAMS` before anything is sent, or what the agent answers
   * @throws A2AClientError
   */
  async call(
    operation: Operation,
    request: object,
    options: CallOptions,
  ): Promise<unknown> {
    const { binding, defaults } = this.parts;
    const { timeoutMs = defaults.timeoutMs, signal } = options;
    return this.calls.run({ timeoutMs, signal }, async (scoped) =>
      binding.call(operation, toContent(operation, request), {
        headers: this.headers(options),
        signal: scoped,
      }),
    );
  }

  /**
   * Asks and answers the frames as they come.
   *
   * @param scope of the call; its limit of time ends with the response headers
   */
  open(
    operation: Operation,
    request: object,
    { scope, ...options }: StreamOptions & { scope: CallScope },
  ): AsyncIterable<StreamFrame> {
    return this.parts.binding.open(operation, toContent(operation, request), {
      headers: this.headers(options),
      signal: scope.signal,
      onOpen: () => scope.limit(),
    });
  }

  /** Starts a call that a stream answers; whoever starts it ends it. @throws A2AClientError `closed` */
  begin({ timeoutMs, signal }: CallOptions): CallScope {
    const { defaults } = this.parts;
    return this.calls.begin({
      timeoutMs: timeoutMs ?? defaults.timeoutMs,
      signal,
    });
  }

  /** Fails every open call, refuses new ones, closes the sockets. Idempotent. */
  close(): Promise<void> {
    this.calls.close();
    this.closing ??= this.release();
    return this.closing;
  }

  private async release(): Promise<void> {
    const { binding, http } = this.parts;
    await Promise.all([binding.close?.(), http.close()]);
  }

  private headers({ extensions = [], lastEventId }: StreamOptions) {
    const { defaults, version } = this.parts;
    return callHeaders({
      version,
      extensions: [...defaults.extensions, ...extensions],
      lastEventId,
    });
  }
}

/**
 * The request in its canonical form, with nothing that the protocol does not
 * know: some agents refuse that (A2A §5.7 only asks them not to). The tenant
 * is the binding's, as the card gives it.
 */
function toContent(operation: Operation, request: object): object {
  const content = parseRequest(operation, request, NO_SIZE_LIMITS);
  delete content.tenant;
  return content;
}
