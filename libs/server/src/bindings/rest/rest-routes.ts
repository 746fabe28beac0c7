import { type ProtocolVersion } from '@nest-a2a/protocol';
import { type RestRoute } from './rest-route.js';
import { REST_ROUTES_0_3 } from './rest-routes-0-3.js';
import { REST_ROUTES_1_0 } from './rest-routes-1-0.js';

/** The routes of 1.0 for a tenant, whose name comes first (A2A §8.3.2). */
const TENANT_ROUTES: readonly RestRoute[] = REST_ROUTES_1_0.map((route) => ({
  ...route,
  name: `${route.name}OfTenant`,
  pattern: `/:tenant${route.pattern}`,
}));

/** The routes of one version, below the path of an agent. */
export function restRoutes(
  version: ProtocolVersion,
  { hasTenants }: { hasTenants: boolean },
): readonly RestRoute[] {
  if (version === '0.3') {
    return REST_ROUTES_0_3;
  }
  return hasTenants ? [...REST_ROUTES_1_0, ...TENANT_ROUTES] : REST_ROUTES_1_0;
}
