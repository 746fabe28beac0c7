import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  connectivityState as ConnectivityState,
} from '@grpc/grpc-js';
import { type DestinationRules, resolveDestination } from '@nest-a2a/egress';
import {
  A2AClientError,
  isA2AClientError,
} from '../errors/a2a-client-error.js';
import { fromEgressFailure } from '../http/egress-failure.js';
import { ChannelSockets } from './channel-sockets.js';
import { channelTargets } from './channel-targets.js';
import { type GrpcTarget } from './grpc-target.js';
import { untilAborted } from '../calls/until-aborted.js';

/** How long one family of addresses is tried at most before the next. */
const FAMILY_TIMEOUT_MS = 1_000;

/** A channel's way to its server. */
export interface ChannelRoute {
  readonly target: GrpcTarget;
  readonly rules: DestinationRules;
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
  /** Milliseconds until there is a connection; `Infinity` for no limit. */
  readonly connectTimeoutMs: number;
}

/**
 * The connection to one server. It is made to addresses that were checked, never
 * to a name, and where it is lost the name is resolved and checked anew for the
 * next call. So nobody can lead it elsewhere by another answer of the resolver.
 */
export class GrpcChannel {
  readonly #route: ChannelRoute;
  readonly #sockets = new ChannelSockets();
  #client: Client | undefined;
  #opening: Promise<Client> | undefined;
  #isClosed = false;

  constructor(route: ChannelRoute) {
    const credentials = this.#sockets.watch(route.credentials);
    this.#route = { ...route, credentials };
  }

  /**
   * What calls are made with, now.
   *
   * @throws A2AClientError `not-allowed`, `connection-failed` where the name is not found or nobody answers; nothing was sent
   */
  async client(signal: AbortSignal): Promise<Client> {
    try {
      return await untilAborted(() => this.#current(), signal);
    } catch (error) {
      throw asUnsent(signal.aborted ? aborted(signal) : error);
    }
  }

  /** Breaks the connection, and with it the calls, and waits until it is closed. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#client?.close();
    await this.#sockets.close();
  }

  async #current(): Promise<Client> {
    if (!this.#opening && this.#client && isAlive(this.#client)) {
      return this.#client;
    }
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(): Promise<Client> {
    const targets = await this.#resolve();
    const last = targets.pop() ?? '';
    const { connectTimeoutMs } = this.#route;
    const familyMs = Math.min(FAMILY_TIMEOUT_MS, connectTimeoutMs);
    for (const target of targets) {
      const client = this.#replace(target);
      if ((await stateAfter(client, familyMs)) === ConnectivityState.READY) {
        return client;
      }
    }
    const client = this.#replace(last);
    const state = await stateAfter(client, connectTimeoutMs);
    if (state === ConnectivityState.CONNECTING) {
      throw new A2AClientError(
        'connection-failed',
        `The agent cannot be called: no gRPC connection within ${connectTimeoutMs} ms`,
      );
    }
    // Where it has failed, the call says why.
    return client;
  }

  async #resolve(): Promise<string[]> {
    const { target, rules } = this.#route;
    try {
      const addresses = await resolveDestination(target.origin, rules);
      return channelTargets(addresses, target.port);
    } catch (error) {
      throw fromEgressFailure(error);
    }
  }

  #replace(target: string): Client {
    if (this.#isClosed) {
      throw new A2AClientError('closed', 'The client is closed');
    }
    this.#client?.close();
    const { credentials, options } = this.#route;
    this.#client = new Client(target, credentials, options);
    // From now on it is connecting, so that a second call does not replace it.
    this.#client.getChannel().getConnectivityState(true);
    return this.#client;
  }
}

function isAlive(client: Client): boolean {
  const state = client.getChannel().getConnectivityState(false);
  return (
    state === ConnectivityState.READY || state === ConnectivityState.CONNECTING
  );
}

/** What became of a client that is connecting, after that time at the latest. */
async function stateAfter(
  client: Client,
  timeoutMs: number,
): Promise<ConnectivityState> {
  const channel = client.getChannel();
  const state = channel.getConnectivityState(false);
  await new Promise<void>((resolve) => {
    const deadline = Date.now() + timeoutMs;
    channel.watchConnectivityState(state, deadline, () => resolve());
  });
  return channel.getConnectivityState(false);
}

function aborted({ reason }: AbortSignal): unknown {
  return isA2AClientError(reason)
    ? reason
    : new A2AClientError('aborted', 'The call was aborted', { cause: reason });
}

function asUnsent(error: unknown): unknown {
  if (!isA2AClientError(error)) {
    return error;
  }
  const { code, message, cause } = error;
  return new A2AClientError(code, message, { cause, isUnsent: true });
}
