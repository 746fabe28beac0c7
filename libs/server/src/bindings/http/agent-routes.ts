import { AGENT_CARD_PATH, type ProtocolVersion } from '@nest-a2a/protocol';
import { WEBHOOK_KEYS_PATH } from '../../agent-card/card-extensions.js';
import { type AgentDefinition } from '../../agents/agent-definition.js';
import { restRoutes } from '../rest/rest-routes.js';
import { joinPath } from './paths.js';
import { type RoutePattern } from './route-pattern.js';

/** Which binding a request is for, and which version where the route says so. */
export interface Addressee {
  readonly binding: 'JSONRPC' | 'HTTP+JSON';
  readonly version: ProtocolVersion;
}

/** The global prefix of the application, and which routes are out of it. */
export interface PrefixRules {
  readonly prefix: string;
  isExcluded(route: RoutePattern): boolean;
}

/** A route with its whole path. */
export interface AddressedRoute extends RoutePattern {
  /** That of the `RestRoute`; empty for JSON-RPC. */
  readonly name: string;
  readonly addressee: Addressee;
}

/** A route, and what reaches it. */
interface MatchedRoute extends AddressedRoute {
  readonly path: RegExp;
}

/** What decides where an agent answers, beside its own options. */
export interface AgentRoutesOptions {
  readonly rules: PrefixRules;
  /** Whether it shows the keys that sign its webhooks. */
  readonly showsKeys: boolean;
}

/** Where one agent answers. */
export class AgentRoutes {
  /** Path of its routes, with a leading slash; empty for the root. */
  readonly base: string;
  readonly patterns: readonly RoutePattern[];
  private readonly routes: readonly MatchedRoute[];
  private readonly showsKeys: boolean;

  constructor(
    readonly agent: AgentDefinition,
    { rules, showsKeys }: AgentRoutesOptions,
  ) {
    this.showsKeys = showsKeys;
    const own = joinPath(agent.path);
    const prefixed = joinPath(rules.prefix, agent.path);
    const relative = relativeRoutes(agent);
    const bases = relative.map(({ method, pattern }) => {
      const isExcluded = rules.isExcluded({ method, pattern: own + pattern });
      return isExcluded ? own : prefixed;
    });
    this.base = bases[0] ?? prefixed;
    this.routes = relative.map(({ name, method, pattern, addressee }, i) => {
      const whole = `${bases[i]}${pattern}` || '/';
      const path = pathRegExp(whole);
      return { name, method, pattern: whole, addressee, path };
    });
    this.patterns = this.routes.map(({ method, pattern }) => ({
      method,
      pattern,
    }));
  }

  /** Its routes of HTTP+JSON, each by itself. */
  get httpJson(): readonly AddressedRoute[] {
    return this.routes.filter(
      ({ addressee }) => addressee.binding === 'HTTP+JSON',
    );
  }

  /** Where the agent's card is: on the domain root whatever the prefix, and where its routes are. */
  get cardPaths(): string[] {
    const { name, path } = this.agent;
    const root = name === 'default' ? '' : joinPath(path);
    const paths = [root, joinPath(path), this.base];
    return [...new Set(paths.map((base) => base + AGENT_CARD_PATH))];
  }

  /** Where the keys are that sign its webhooks: where its routes are. */
  get keyPaths(): string[] {
    return this.showsKeys ? [this.base + WEBHOOK_KEYS_PATH] : [];
  }

  /** Its routes, those of its card and of its keys. */
  get withCard(): RoutePattern[] {
    const paths = [...this.cardPaths, ...this.keyPaths];
    const card = paths.map((pattern): RoutePattern => ({
      method: 'GET',
      pattern,
    }));
    return [...this.patterns, ...card];
  }

  /** Whom a request is for; `undefined` where it is not for this agent. */
  addresseeOf(method: string, path: string): Addressee | undefined {
    const matching = this.matching(method, path);
    return (matching.find(namesNoTenant) ?? matching[0])?.addressee;
  }

  /** Whether a request is for a route of this agent whatever the tenant: `/v1/…` of 0.3 looks as if "v1" were one. */
  hasOwnRoute(method: string, path: string): boolean {
    return this.matching(method, path).some(namesNoTenant);
  }

  /** Whether a route of the platform is one of ours. */
  isRoute(method: string, pattern: string): boolean {
    const normalized = pattern.replace(/\/$/, '') || '/';
    return this.patterns.some(
      (route) => route.method === method && route.pattern === normalized,
    );
  }

  private matching(method: string, path: string): MatchedRoute[] {
    return this.routes.filter(
      (route) => route.method === method && route.path.test(path),
    );
  }
}

/** Whether a route is the same for every tenant. */
export function namesNoTenant({ pattern }: RoutePattern): boolean {
  return !pattern.includes('/:tenant/');
}

function relativeRoutes({
  bindings,
  versions,
  tenants,
}: AgentDefinition): AddressedRoute[] {
  const jsonRpc = { binding: 'JSONRPC', version: '1.0' } as const;
  const hasTenants = tenants !== undefined;
  return [
    ...(bindings.includes('JSONRPC')
      ? [{ name: '', method: 'POST', pattern: '', addressee: jsonRpc } as const]
      : []),
    ...(bindings.includes('HTTP+JSON') ? versions : []).flatMap((version) => {
      const addressee = { binding: 'HTTP+JSON', version } as const;
      const routes = restRoutes(version, { hasTenants });
      return routes.map((route) => ({ ...route, addressee }));
    }),
  ];
}

/** What a pattern matches; without regard to case, as Express compares. `message:verb` is "message", a colon and a verb. */
function pathRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\/:\w+/g, '/[^/]+')
    .replace(/:\w+/g, ':[^/]*');
  return new RegExp(`^${source.replace(/\/$/, '')}/?$`, 'i');
}
