import { RequestMethod } from '@nestjs/common';
import { type AgentRoutes } from './agent-routes.js';
import { type RoutePattern } from './route-pattern.js';

/** A route of the application itself, or of another agent. */
export interface HostRoute {
  readonly method: RequestMethod;
  /** With a leading slash. */
  readonly pattern: string;
  /** Class and method, for errors. */
  readonly name: string;
  /** Whether it is another agent's: what begins with its path is for no tenant. */
  readonly isAgent?: boolean;
  /** Whether the platform asks it before the routes of any agent: on Express the first route that matches wins. */
  readonly isFirst: boolean;
}

/** The routes of an agent and those of the application, or of another agent, cannot both be reached. */
export class RouteConflictError extends Error {
  override readonly name = 'RouteConflictError';
  readonly code = 'ROUTE_CONFLICT';

  constructor(what: string, conflicts: readonly string[], remedy: string) {
    const lines = [...new Set(conflicts)].map((line) => `  ${line}\n`);
    super(`${what}:\n${lines.join('')}${remedy}`);
  }
}

/** How the platform finds the route of a request. */
export interface RouteRules {
  /** Whether a route that matched can pass a request on to the next. */
  readonly canPassOn: boolean;
}

/**
 * Looks for requests that would reach an agent and are meant for another route,
 * and the other way round.
 *
 * @throws RouteConflictError
 */
export function assertNoConflicts(
  routes: AgentRoutes,
  hostRoutes: readonly HostRoute[],
  rules: RouteRules,
): void {
  const { name } = routes.agent;
  const taken = conflictsOf(routes.withCard, hostRoutes, (ours, host) => {
    const isForTenant = ours.pattern.includes('/:tenant/');
    return !(isForTenant && host.isAgent) && takes(ours, host, rules);
  });
  if (taken.length > 0) {
    throw new RouteConflictError(
      `The agent "${name}" would answer in place of routes of the application`,
      taken,
      "Give the agent a path of its own: A2AModule.forRoot({ path: 'agent', ... }). Its routes under /v1 are those of A2A 0.3, and go with versions: ['1.0'].",
    );
  }
  const hidden = conflictsOf(routes.patterns, hostRoutes, hides);
  if (hidden.length > 0) {
    throw new RouteConflictError(
      `Routes of the application would answer in place of the agent "${name}"`,
      hidden,
      'Move them to a module that is imported after A2AModule.',
    );
  }
}

/** The routes of an agent, as another agent must not answer them. */
export function routesOfAgent({ agent, withCard }: AgentRoutes): HostRoute[] {
  return withCard.map(({ method, pattern }) => ({
    method: RequestMethod[method],
    pattern,
    name: `the agent "${agent.name}"`,
    isAgent: true,
    isFirst: false,
  }));
}

function conflictsOf(
  patterns: readonly RoutePattern[],
  hostRoutes: readonly HostRoute[],
  isConflict: (ours: RoutePattern, host: HostRoute) => boolean,
): string[] {
  return hostRoutes.flatMap((host) =>
    patterns
      .filter((ours) => isSameMethod(ours, host) && isConflict(ours, host))
      .map((ours) => `${ours.method} ${host.pattern} of ${host.name}`),
  );
}

function isSameMethod(ours: RoutePattern, { method }: HostRoute): boolean {
  return method === RequestMethod.ALL || RequestMethod[method] === ours.method;
}

/** Whether every request for the host's route matches ours as well, or some would be lost. */
function takes(
  ours: RoutePattern,
  host: HostRoute,
  { canPassOn }: RouteRules,
): boolean {
  const own = ours.pattern.split('/');
  const theirs = host.pattern.split('/');
  const isSegmentTaken = (segment: string, i: number) => {
    const their = theirs[i] ?? '';
    const isVerb = segment === 'message:verb' && their.startsWith(':');
    return coversSegment(segment, their) || (isVerb && !canPassOn);
  };
  return own.length === theirs.length && own.every(isSegmentTaken);
}

/** Whether requests for ours would reach the host's route, which is asked before. */
function hides(ours: RoutePattern, host: HostRoute): boolean {
  if (!host.isFirst) {
    return false;
  }
  const own = ours.pattern.split('/');
  const theirs = host.pattern.split('/');
  const wildcard = theirs.findIndex((segment) => segment.includes('*'));
  if (wildcard >= 0) {
    const before = theirs.slice(0, wildcard);
    const isLonger = own.length > wildcard && own[wildcard] !== '';
    return isLonger && before.every((one, i) => coversSegment(one, own[i]));
  }
  return (
    own.length === theirs.length &&
    theirs.every((segment, i) => coversSegment(segment, own[i]))
  );
}

/** Whether a segment of a pattern matches all that the other one does. `message:verb` lets go what is not one of its verbs, so it covers nothing else. */
function coversSegment(pattern: string, other = ''): boolean {
  return (
    (pattern.startsWith(':') && other !== '') ||
    pattern.toLowerCase() === other.toLowerCase()
  );
}
