import axios, {
  Axios,
  mergeConfig,
  type AxiosAdapter,
  type AxiosInstance,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios';
import { limitedTransport } from './connect-limits.js';
import { EgressError } from './egress-error.js';
import { type EgressRules } from './egress-rules.js';
import { type GuardedAgents } from './guarded-agents.js';
import { isReservedHeader } from './header-values.js';
import { toEgressError } from './to-egress-error.js';
import { type UnsentErrors } from './unsent-errors.js';

/** Methods for which axios keeps headers in `defaults.headers`. */
const METHODS_WITH_DEFAULTS = ['delete', 'get', 'head', 'post', 'put', 'patch'];

/**
 * An axios instance that cannot reach what the rules refuse. The guard is the
 * adapter, after all interceptors: it judges the final URL, then sends with our
 * agents and fixed settings, whatever the configuration of a request says.
 *
 * A response of any status resolves. Everything else rejects with an
 * {@link EgressError}; only an aborted signal rejects with axios' own
 * cancellation.
 */
export function createGuardedAxios(
  rules: EgressRules,
  agents: GuardedAgents,
  unsent: UnsentErrors,
): AxiosInstance {
  const adapter = createGuardedAdapter(rules, agents, unsent);
  return guardInstance({ validateStatus: () => true }, adapter);
}

function guardInstance(
  config: CreateAxiosDefaults,
  adapter: AxiosAdapter,
): AxiosInstance {
  const instance = axios.create();
  replaceDefaults(instance, { ...config, adapter });
  // Registered first, and so run last: a request or another interceptor that
  // names an adapter of its own does not get it.
  instance.interceptors.request.use((request) => {
    if (request.transitional?.legacyInterceptorReqResOrdering === false) {
      throw new TypeError('The order of interceptors cannot be reversed here');
    }
    return Object.assign(request, { adapter });
  });
  instance.create = (child) => guardInstance({ ...config, ...child }, adapter);
  return instance;
}

/**
 * New instances inherit what the application has set for all its requests, such
 * as an `Authorization` header. Strangers must not receive that.
 */
function replaceDefaults(
  { defaults }: AxiosInstance,
  config: CreateAxiosDefaults,
): void {
  const { transformRequest, transformResponse, env } = defaults;
  const headers = {
    common: { Accept: 'application/json, text/plain, */*' },
    ...Object.fromEntries(METHODS_WITH_DEFAULTS.map((method) => [method, {}])),
  };
  const own: object = { transformRequest, transformResponse, env, headers };
  const inherited = Object.keys(defaults) as (keyof typeof defaults)[];
  inherited.forEach((key) => delete defaults[key]);
  // In place: the methods of the instance hold this object.
  Object.assign(defaults, mergeConfig(own, config as object));
}

function createGuardedAdapter(
  rules: EgressRules,
  agents: GuardedAgents,
  unsent: UnsentErrors,
): AxiosAdapter {
  const send = axios.getAdapter('http');
  // Not the shared axios object, whose defaults anybody may have changed.
  const urls = new Axios({});
  return async (config) => {
    try {
      const { href } = rules.admit(urls.getUri(config));
      assertNoReservedHeader(config);
      setConnectionHeaders(config, agents);
      return await send(pinned(config, href, agents));
    } catch (error) {
      const shown = axios.isCancel(error) ? error : toEgressError(error);
      unsent.note(error, shown);
      throw shown;
    }
  };
}

function setConnectionHeaders(
  { headers }: InternalAxiosRequestConfig,
  { keepAlive }: GuardedAgents,
): void {
  // Compressed bodies are not unpacked, so none is asked for.
  headers.set('Accept-Encoding', 'identity', false);
  if (!keepAlive) {
    // Otherwise Node gives the socket to the next request that waits for one.
    headers.set('Connection', 'close');
  }
}

/** Settings that would lead around the agents or the admitted URL. */
function pinned(
  config: InternalAxiosRequestConfig,
  href: string,
  agents: GuardedAgents,
): InternalAxiosRequestConfig {
  return Object.assign({}, config, {
    url: href,
    params: undefined,
    allowAbsoluteUrls: true,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    httpVersion: 1,
    socketPath: undefined,
    transport: agents.usesProxy ? limitedTransport(config) : undefined,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    insecureHTTPParser: false,
  } as const);
}

function assertNoReservedHeader(config: InternalAxiosRequestConfig): void {
  const names = Object.keys(config.headers.toJSON());
  if (names.some((name) => isReservedHeader(name) && !isSetBelow(name))) {
    throw new EgressError('header-not-allowed');
  }
}

/** A configuration that is sent a second time already has these. */
function isSetBelow(name: string): boolean {
  return /^(connection|content-length)$/i.test(name);
}
