import { type SecureContext } from 'node:tls';
import { type AxiosInstance } from 'axios';
import { contextsFor, type OriginCertificate } from './client-certificate.js';
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
import { UnsentErrors } from './unsent-errors.js';

const DEFAULT_MAX_SOCKETS_PER_ORIGIN = 256;
const DEFAULT_IDLE_SOCKET_MS = 15_000;

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
   * Keeps sockets for the next request, idle for at most `idleSocketMs`.
   * @default false
   */
  readonly keepAlive?: boolean;

  /**
   * Milliseconds that a socket is kept. Shorter than servers keep theirs, no
   * request is sent on one that the server is about to close.
   * @default 15000
   */
  readonly idleSocketMs?: number;

  /**
   * Milliseconds until a socket is connected, with TLS where the URL says so.
   * @default no limit but that of the request
   */
  readonly connectTimeoutMs?: number;

  /**
   * Certificate authorities in PEM form, trusted beside those that
   * come with Node.
   * @default []
   */
  readonly certificateAuthorities?: readonly string[];

  /**
   * A certificate that is shown to servers that ask for one, at its origins
   * only. Proxies are not shown any.
   * @default none
   */
  readonly clientCertificate?: OriginCertificate;
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
   * Whether nothing of a request can have left, judged by what it rejected with:
   * it was refused here, or had no connected socket. False for any other error.
   */
  isUnsent(error: unknown): boolean;

  /**
   * Destroys all sockets, fails the requests on them, refuses new ones and waits
   * until the sockets are closed. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Creates a guarded HTTP client. Two of them share nothing: what the policy of
 * one has opened, the other cannot reach.
 * @throws TypeError for a policy, trusted origin, proxy or certificate that cannot be read
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
  const { connectTimeoutMs = Infinity } = options;
  const gate = new ConnectionGate(rules, {
    resolve,
    tunnels,
    connectTimeoutMs,
  });
  const agents = createGuardedAgents(gate, {
    keepAlive: options.keepAlive ?? false,
    idleSocketMs: options.idleSocketMs ?? DEFAULT_IDLE_SOCKET_MS,
    maxSocketsPerOrigin:
      options.maxSocketsPerOrigin ?? DEFAULT_MAX_SOCKETS_PER_ORIGIN,
    contextFor: contextsFor(
      secureContext,
      options.clientCertificate,
      options.certificateAuthorities,
    ),
  });
  const unsent = new UnsentErrors(gate);
  const axios = createGuardedAxios(rules, agents, unsent);
  return {
    axios,
    isUnsent: (error) => unsent.has(error),
    request: (request) => sendGuarded({ axios, gate }, request),
    close: () => gate.close(),
  };
}
