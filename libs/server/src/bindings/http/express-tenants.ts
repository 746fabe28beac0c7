import { type AbstractHttpAdapter } from '@nestjs/core';
import { type AgentRoutes } from './agent-routes.js';
import { pathOf } from './paths.js';
import { type Addressed } from './raw-body-options.js';

type Next = (skip?: 'route') => void;

/** What is used of an Express application. */
interface ExpressApplication {
  param(
    name: string,
    callback: (request: Addressed, response: unknown, next: Next) => void,
  ): void;
}

/**
 * Keeps requests off the routes for tenants that have a route of their own, such
 * as those of an agent below another: on Express the first route wins, and its
 * guards are not for them. Fastify prefers what has no parameter. Must be called
 * before routes are registered.
 */
export function preferOwnRoutes(
  adapter: AbstractHttpAdapter,
  routes: readonly AgentRoutes[],
): void {
  if (!routes.some(({ agent }) => agent.tenants)) {
    return;
  }
  const application = adapter.getInstance<ExpressApplication>();
  application.param('tenant', ({ method, url, originalUrl }, _, next) => {
    const asked = method === 'HEAD' ? 'GET' : (method ?? '');
    const path = pathOf(originalUrl ?? url);
    const hasOwn = routes.some((agent) => agent.hasOwnRoute(asked, path));
    next(hasOwn ? 'route' : undefined);
  });
}
