import { type SecureContext } from 'node:tls';
import { type AxiosInstance } from 'axios';
import { ConnectionGate } from './connection-gate.js';
import { type EgressPolicy } from './egress-policy.js';
import { EgressRules } from './egress-rules.js';
import { type EgressProxy, readProxy } from './egress-proxy.js';
import { createGuardedAgents } from './guarded-agents.js';
import { createGuardedAxios } from './guarded-axios.js';
import {
  sendGuarded,
  type GuardedRequest,
  type GuardedResponse,
} from './guarded-request.js';
import { GuardedTunnels } from './guarded-tunnels.js';
import { resolveBySystem, type ResolveHost } from './pinned-lookup.js';
import { secureContextFor } from './secure-context.js';

const DEFAULT_MAX_SOCKETS_PER_ORIGIN = 256;
const IDLE_SOCKET_MS = 15_000;

/** Options of {@link createGuardedHttp}. */
export interface GuardedHttpOptions {
  /** @default DEFAULT_EGRESS_POLICY */
  readonly policy?: EgressPolicy;

  /**
   * Origins (`http://localhost:8000`) that the caller itself has chosen and that
   * need not obey the policy; only its `deny` list still counts for them.
   * @default []
   */
  readonly trustedOrigins?: readonly string[];

  /**
   * Answers DNS questions; the answers are checked all the same.
   * @default the resolver of the operating system
   */
  readonly resolve?: ResolveHost;

  /**
   * A proxy for all requests, also those to trusted origins. Its own address
   * need not obey the policy. Proxies of the environment are never used.
   * @default none
   */
  readonly proxy?: EgressProxy;

  /**
   * Sockets open to one origin at a time; further requests wait for one, within
   * their deadline.
   * @default 256
   */
  readonly maxSocketsPerOrigin?: number;

  /**
   * Keeps sockets for the next request, idle for at most 15 seconds.
   * @default false
   */
  readonly keepAlive?: boolean;

  /**
   * Certificate authorities in PEM form, trusted beside those that
   * come with Node.
   * @default []
   */
  readonly certificateAuthorities?: readonly string[];
}

/** The one way to make requests to hosts that somebody else has named. */
export interface GuardedHttp {
  /**
   * The guarded axios instance: no redirects, no proxy, no decompression, every
   * status resolves. It bounds neither time nor size by itself: set `timeout`
   * and `maxContentLength`, or use `request`.
   */
  readonly axios: AxiosInstance;

  /**
   * One request with a total deadline and a capped body.
   * @throws EgressError when no response arrives; never for a status
   * @throws TypeError for limits out of range or an unknown method
   */
  request(request: GuardedRequest): Promise<GuardedResponse>;

  /**
   * Destroys all sockets, fails the requests on them, refuses new ones and waits
   * until the sockets are closed. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Creates a guarded HTTP client. Two of them share nothing: what the policy of
 * one has opened, the other cannot reach.
 * @throws TypeError for a policy, trusted origin or proxy that cannot be read
 */
export function createGuardedHttp(
  options: GuardedHttpOptions = {},
): GuardedHttp {
  const { certificateAuthorities } = options;
  return openGuardedHttp(options, secureContextFor(certificateAuthorities));
}

/** {@link createGuardedHttp} with what clients of the same authorities may share. */
export function openGuardedHttp(
  options: GuardedHttpOptions,
  secureContext: SecureContext,
): GuardedHttp {
  const rules = new EgressRules(options.policy, options.trustedOrigins);
  const { resolve = resolveBySystem, proxy } = options;
  const tunnels =
    proxy &&
    new GuardedTunnels({ proxy: readProxy(proxy), secureContext }, resolve);
  const gate = new ConnectionGate(rules, resolve, tunnels);
  const agents = createGuardedAgents(gate, {
    keepAlive: options.keepAlive ?? false,
    idleSocketMs: IDLE_SOCKET_MS,
    maxSocketsPerOrigin:
      options.maxSocketsPerOrigin ?? DEFAULT_MAX_SOCKETS_PER_ORIGIN,
    secureContext,
  });
  const axios = createGuardedAxios(rules, agents);
  return {
    axios,
    request: (request) => sendGuarded({ axios, gate }, request),
    close: () => gate.close(),
  };
}
