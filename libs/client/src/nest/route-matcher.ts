import { type WebhookRoute } from './webhook-routes.service.js';

/** What of a request of Express says where it goes. */
export interface Addressed {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The URL before routers cut it. */
  readonly originalUrl?: string | undefined;
}

/** Whether a request is for one of the routes, by the rules of Express. */
export function routeMatcher(
  routes: readonly WebhookRoute[],
): (request: Addressed) => boolean {
  const rules = routes.map(({ method, pattern }) => ({
    method,
    pathRegex: regexOf(pattern),
  }));
  return ({ method = '', url = '', originalUrl = url }) => {
    const [path = ''] = originalUrl.split('?', 1);
    return rules.some(
      (rule) =>
        (rule.method === 'ALL' || rule.method === method) &&
        rule.pathRegex.test(path),
    );
  };
}

function regexOf(pattern: string): RegExp {
  const segments = pattern
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => `/${segmentRegex(segment)}`);
  return new RegExp(`^${segments.join('')}/?$`, 'i');
}

function segmentRegex(segment: string): string {
  if (segment.includes('*')) {
    return '.*';
  }
  return segment.includes(':')
    ? '[^/]+'
    : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
