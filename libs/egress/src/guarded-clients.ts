import { type SecureContext } from 'node:tls';
import { EgressError } from './egress-error.js';
import { type EgressPolicy } from './egress-policy.js';
import {
  type GuardedHttp,
  type GuardedHttpOptions,
  openGuardedHttp,
} from './guarded-http.js';
import {
  type GuardedRequest,
  type GuardedResponse,
} from './guarded-request.js';
import { secureContextFor } from './secure-context.js';

const DEFAULT_MAX_IDLE_PARTIES = 64;

/** Options of {@link createGuardedClients}. */
export interface GuardedClientsOptions extends Omit<
  GuardedHttpOptions,
  'policy' | 'clientCertificate'
> {
  /**
   * What a party may reach. Asked when its first request begins, and again when
   * its connections have gone meanwhile.
   */
  readonly policyOf: (party: string) => EgressPolicy;

  /**
   * Parties without a request whose connections are kept, those that had one
   * last. The connections of the others are closed.
   * @default 64
   */
  readonly maxIdleParties?: number;
}

/** Guarded requests of several parties that must not share anything. */
export interface GuardedClients {
  /**
   * One request of a party, as {@link GuardedHttp.request}, by its own policy
   * and over connections that no other party uses.
   * @throws EgressError when no response arrives; never for a status
   * @throws TypeError for limits out of range or a policy that cannot be read
   */
  request(party: string, request: GuardedRequest): Promise<GuardedResponse>;

  /** As {@link GuardedHttp.close}, for all parties. */
  close(): Promise<void>;
}

/**
 * Creates a guarded client for each party that has a request, for as long as
 * it has one, and keeps a number of them for the next request.
 */
export function createGuardedClients(
  options: GuardedClientsOptions,
): GuardedClients {
  return new PartyClients(options);
}

interface PartyClient {
  readonly http: GuardedHttp;
  requests: number;
}

/** A party is busy or idle or in neither map. */
class PartyClients implements GuardedClients {
  readonly #options: GuardedClientsOptions;
  readonly #secureContext: SecureContext;
  readonly #busy = new Map<string, PartyClient>();
  /** The one that has been idle longest first. */
  readonly #idle = new Map<string, PartyClient>();
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: GuardedClientsOptions) {
    this.#options = options;
    this.#secureContext = secureContextFor(options.certificateAuthorities);
  }

  async request(
    party: string,
    request: GuardedRequest,
  ): Promise<GuardedResponse> {
    if (this.#isClosed) {
      throw new EgressError('aborted');
    }
    const client = this.#take(party);
    try {
      return await client.http.request(request);
    } finally {
      this.#giveBack(party, client);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#busy.values(), ...this.#idle.values()];
    await Promise.all([
      ...open.map(({ http }) => http.close()),
      ...this.#closing,
    ]);
  }

  #take(party: string): PartyClient {
    const client =
      this.#busy.get(party) ?? this.#idle.get(party) ?? this.#open(party);
    this.#idle.delete(party);
    this.#busy.set(party, client);
    client.requests += 1;
    return client;
  }

  #open(party: string): PartyClient {
    const policy = this.#options.policyOf(party);
    const options = { ...this.#options, policy };
    return { http: openGuardedHttp(options, this.#secureContext), requests: 0 };
  }

  #giveBack(party: string, client: PartyClient): void {
    client.requests -= 1;
    if (client.requests > 0) {
      return;
    }
    this.#busy.delete(party);
    this.#idle.set(party, client);
    const most = this.#options.maxIdleParties ?? DEFAULT_MAX_IDLE_PARTIES;
    for (const [longest, { http }] of this.#idle) {
      if (this.#idle.size <= most) {
        return;
      }
      this.#idle.delete(longest);
      this.#closeLater(http);
    }
  }

  #closeLater(http: GuardedHttp): void {
    const closing = http.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
