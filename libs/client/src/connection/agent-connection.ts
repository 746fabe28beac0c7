import {
  type AgentCard,
  type AgentInterface,
  DEFAULT_VALIDATION_LIMITS,
  type Operation,
  parseRequest,
  type ValidationLimits,
} from '@nest-a2a/protocol';
import { type ClientAuth } from '../auth/client-auth.js';
import { type StreamFrame } from '../bindings/client-binding.js';
import { oneFrame } from '../bindings/stream-frames.js';
import { type CallScope } from '../calls/call-scope.js';
import { OpenCalls } from '../calls/open-calls.js';
import { isRepeatable } from '../calls/repeatable.js';
import { outcomeUnknown } from '../calls/attempt-failure.js';
import { type RetryPolicy, toRetryPolicy } from '../calls/retry-options.js';
import { runAttempts } from '../calls/run-attempts.js';
import { untilAborted } from '../calls/until-aborted.js';
import {
  assertCapability,
  type Capability,
} from '../card/assert-capability.js';
import { type CardChecks } from '../card/card-reader.js';
import { type CallOptions } from '../client-options.js';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { type AgentHttp } from '../http/agent-http.js';
import { type CallAnswer } from '../interceptors/client-interceptor.js';
import { type AgentRoute } from './agent-route.js';
import { type AgentRoutes } from './agent-routes.js';
import { type CardSource } from './card-source.js';
import { type ConnectionSettings } from './connection-settings.js';
import { readExtendedCard } from './read-extended-card.js';
import { type RouteMaker } from './route-maker.js';
import { sendAttempt } from './send-attempt.js';

/** How large a request may be is for the agent to say. */
const NO_SIZE_LIMITS: ValidationLimits = {
  ...DEFAULT_VALIDATION_LIMITS,
  parts: Infinity,
  metadataBytes: Infinity,
  idLength: Infinity,
};

/** What a connection is made of. */
export interface ConnectionParts {
  readonly cards: CardSource;
  readonly routes: RouteMaker;
  readonly http: AgentHttp;
  readonly settings: ConnectionSettings;
  /** What the extended card has to pass; `undefined` where it is not asked for. */
  readonly upgrade: CardChecks | undefined;
  /** What is closed with the connection; `undefined` where requests have no credentials. */
  readonly auth: ClientAuth | undefined;
}

/** Options of a call that a stream answers. */
export interface StreamOptions extends CallOptions {
  lastEventId?: string | undefined;
  /** Milliseconds for which it is tried to resume the stream, each time it breaks. @default the client's `streamResumeMs` */
  streamResumeMs?: number | undefined;
}

/** What a call is done with besides its content. */
interface RequestOptions extends StreamOptions {
  /** What the agent has to be able to do; its card is looked into before anything is sent. */
  needs?: readonly Capability[] | undefined;
  /** Called before the request is sent again after it may have reached the agent. */
  onRepeat?: (() => void) | undefined;
}

/** A request that was checked. */
interface CheckedRequest {
  readonly operation: Operation;
  readonly content: object;
  readonly isStream: boolean;
  readonly options: RequestOptions;
}

/**
 * An agent at the other end. Every request goes through here: it is checked,
 * gets a limit of time and an end, an interface that can be reached, and
 * another attempt where that does no harm.
 */
export class AgentConnection {
  readonly calls = new OpenCalls();
  readonly #parts: ConnectionParts;
  #routes: AgentRoutes | undefined;
  /** The public card that the routes are made of. */
  #publicCard: AgentCard | undefined;
  #adopting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** The card as it was read last. @throws A2AClientError `not-connected` */
  get card(): AgentCard {
    return this.#known().card;
  }

  /** The interface that the next call goes to. @throws A2AClientError `not-connected` */
  get agentInterface(): AgentInterface {
    const routes = this.#known();
    const { agentInterface } = routes.next() as AgentRoute;
    return agentInterface;
  }

  /** Reads the card, where that was not done yet. */
  async ready({ timeoutMs, signal }: CallOptions = {}): Promise<void> {
    const limits = { timeoutMs: timeoutMs ?? this.#timeoutMs, signal };
    await this.calls.run(limits, (scoped) => this.#current(scoped));
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
    options: RequestOptions,
  ): Promise<unknown> {
    const { timeoutMs = this.#timeoutMs, signal } = options;
    return this.calls.run({ timeoutMs, signal }, async (scoped) => {
      const content = toContent(operation, request);
      const isStream = false;
      const answer = await this.#attempts(
        { operation, content, isStream, options },
        scoped,
      );
      return 'content' in answer ? answer.content : undefined;
    });
  }

  /**
   * Asks, and resolves with the frames when the answer begins.
   *
   * @param scope of the call; its limit of time ends when the answer begins
   */
  async open(
    operation: Operation,
    request: object,
    { scope, ...options }: RequestOptions & { scope: CallScope },
  ): Promise<AsyncIterable<StreamFrame>> {
    const content = toContent(operation, request);
    scope.limit(options.timeoutMs ?? this.#timeoutMs);
    const answer = await this.#attempts(
      { operation, content, isStream: true, options },
      scope.signal,
    );
    scope.limit(Infinity);
    return 'frames' in answer ? answer.frames : oneFrame(answer.content);
  }

  /** How often a call is tried. */
  retryOf({ retry }: CallOptions): RetryPolicy {
    return toRetryPolicy(retry, this.#parts.settings.retry);
  }

  /** Milliseconds for which it is tried to resume a stream that broke. */
  resumeMsOf({ streamResumeMs }: StreamOptions): number {
    return streamResumeMs ?? this.#parts.settings.streamResumeMs;
  }

  /** Whether a request that was lost can be sent again. */
  isRepeatable(operation: Operation, request: object): boolean {
    return isRepeatable(operation, request, this.card);
  }

  /** What a request fails with that was lost and is not sent again. */
  lossOf(operation: Operation, request: object, lost: unknown): unknown {
    const messageId = messageIdOf(request);
    return messageId === undefined && this.isRepeatable(operation, request)
      ? lost
      : outcomeUnknown(lost, messageId);
  }

  /** Starts a call that a stream answers; whoever starts it ends it. @throws A2AClientError `closed` */
  begin({ timeoutMs = this.#timeoutMs, signal }: CallOptions): CallScope {
    return this.calls.begin({ timeoutMs, signal });
  }

  /** Fails every open call, refuses new ones, closes the sockets. Idempotent. */
  close(): Promise<void> {
    this.calls.close();
    this.#parts.cards.close();
    this.#closing ??= this.#release();
    return this.#closing;
  }

  get #timeoutMs(): number {
    return this.#parts.settings.timeoutMs;
  }

  #known(): AgentRoutes {
    if (!this.#routes) {
      throw new A2AClientError(
        'not-connected',
        'The card of the agent has not been read yet: await ready(), or a call',
      );
    }
    return this.#routes;
  }

  async #attempts(
    request: CheckedRequest,
    signal: AbortSignal,
  ): Promise<CallAnswer> {
    const { operation, content, options } = request;
    const { needs = [] } = options;
    signal.throwIfAborted();
    return runAttempts({
      routes: async (isUnreachable) => {
        const routes = await this.#current(signal, isUnreachable);
        for (const one of needs) assertCapability(routes.card, one);
        return routes;
      },
      send: (route, attempt) => this.#send(request, route, { attempt, signal }),
      isRepeatable: () => isRepeatable(operation, content, this.card),
      onRepeat: options.onRepeat,
      messageId: messageIdOf(content),
      retry: this.retryOf(options),
      signal,
    });
  }

  #send(
    { operation, content, isStream, options }: CheckedRequest,
    route: AgentRoute,
    { attempt, signal }: { attempt: number; signal: AbortSignal },
  ): Promise<CallAnswer> {
    const { settings } = this.#parts;
    const { lastEventId, extensions = [] } = options;
    return sendAttempt(route, settings.interceptors, {
      operation,
      request: content,
      isStream,
      card: this.card,
      attempt,
      signal,
      lastEventId,
      extensions: [...settings.extensions, ...extensions],
    });
  }

  async #current(
    signal: AbortSignal,
    isUnreachable = false,
  ): Promise<AgentRoutes> {
    const { cards } = this.#parts;
    const card = isUnreachable
      ? await cards.refresh(signal)
      : await cards.current(signal);
    if (card !== this.#publicCard) {
      this.#adopting ??= this.#adopt(card).finally(
        () => (this.#adopting = undefined),
      );
      const adopting = this.#adopting;
      // Whoever waits for it may leave before it fails.
      adopting.catch(() => undefined);
      await untilAborted(() => adopting, signal);
    }
    return this.#known();
  }

  /** Goes over to another card: its interfaces, and its extended form where that is wanted. */
  async #adopt(card: AgentCard): Promise<void> {
    const { routes, upgrade, settings } = this.#parts;
    const publicRoutes = routes.routesOf(card);
    if (upgrade && card.capabilities.extendedAgentCard) {
      const { timeoutMs } = settings;
      const upgraded = await this.calls.run({ timeoutMs }, (signal) =>
        readExtendedCard(publicRoutes, { settings, checks: upgrade, signal }),
      );
      this.#routes = upgraded ? routes.routesOf(upgraded) : publicRoutes;
    } else {
      this.#routes = publicRoutes;
    }
    this.#publicCard = card;
  }

  async #release(): Promise<void> {
    const { routes, http, auth } = this.#parts;
    await Promise.all([routes.close(), http.close(), auth?.close()]);
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

function messageIdOf(content: object): string | undefined {
  return 'message' in content
    ? (content.message as { messageId: string }).messageId
    : undefined;
}
