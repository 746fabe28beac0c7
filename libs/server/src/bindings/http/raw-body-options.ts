import { type Addressee, type AgentRoutes } from './agent-routes.js';
import { pathOf } from './paths.js';

/** Whose bodies to read, and how large they may be. */
export interface RawBodyOptions {
  readonly routes: readonly AgentRoutes[];
  readonly maxBodyBytes: number;
  /** Answers a request whose body cannot be read. */
  readonly onError: (
    error: unknown,
    request: unknown,
    response: unknown,
  ) => void;
}

/** What of a request says where it goes. */
export interface Addressed {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express: the URL before routers cut it. */
  readonly originalUrl?: string | undefined;
}

/** Whom a request is for; `undefined` where it is for no agent. */
export function addresseeOf(
  { method = '', url, originalUrl = url }: Addressed,
  routes: readonly AgentRoutes[],
): Addressee | undefined {
  const path = pathOf(originalUrl);
  for (const agent of routes) {
    const addressee = agent.addresseeOf(method, path);
    if (addressee) return addressee;
  }
  return undefined;
}
