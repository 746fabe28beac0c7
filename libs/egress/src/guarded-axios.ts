import axios, {
  Axios,
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosRequestConfig,
  type InternalAxiosRequestConfig,
} from 'axios';
import { EgressError } from './egress-error.js';
import { type EgressRules } from './egress-rules.js';
import { type GuardedAgents } from './guarded-agents.js';
import { isReservedHeader } from './header-values.js';
import { toEgressError } from './to-egress-error.js';

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
): AxiosInstance {
  return guardInstance(
    {
      // Compressed bodies are not unpacked, so none is asked for.
      headers: { 'Accept-Encoding': 'identity' },
      validateStatus: () => true,
    },
    createGuardedAdapter(rules, agents),
  );
}

function guardInstance(
  config: AxiosRequestConfig,
  adapter: AxiosAdapter,
): AxiosInstance {
  const instance = axios.create({ ...config, adapter } as object);
  // Registered first, and so run last: a request or another interceptor that
  // names an adapter of its own does not get it.
  instance.interceptors.request.use((request) => {
    if (request.transitional?.legacyInterceptorReqResOrdering === false) {
      throw new TypeError('The order of interceptors cannot be reversed here');
    }
    return Object.assign(request, { adapter });
  });
  instance.create = (child) =>
    guardInstance({ ...config, ...(child as AxiosRequestConfig) }, adapter);
  return instance;
}

function createGuardedAdapter(
  rules: EgressRules,
  agents: GuardedAgents,
): AxiosAdapter {
  const send = axios.getAdapter('http');
  // Not the shared axios object, whose defaults anybody may have changed.
  const urls = new Axios({});
  return async (config) => {
    const { href } = rules.admit(urls.getUri(config));
    assertNoReservedHeader(config);
    try {
      return await send(pinned(config, href, agents));
    } catch (error) {
      throw axios.isCancel(error) ? error : toEgressError(error);
    }
  };
}

/** Settings that would lead around the agents or the admitted URL. */
function pinned(
  config: InternalAxiosRequestConfig,
  href: string,
  agents: GuardedAgents,
): InternalAxiosRequestConfig {
  const cleared = {
    baseURL: undefined,
    params: undefined,
    socketPath: undefined,
    lookup: undefined,
    family: undefined,
    transport: undefined,
    beforeRedirect: undefined,
    http2Options: undefined,
  };
  return Object.assign({}, config, cleared, {
    url: href,
    allowAbsoluteUrls: true,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    httpVersion: 1,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    insecureHTTPParser: false,
  } as const);
}

function assertNoReservedHeader(config: InternalAxiosRequestConfig): void {
  const headers = Object.entries(config.headers.toJSON());
  if (headers.some(([name]) => isReservedHeader(name))) {
    throw new EgressError('header-not-allowed');
  }
}
