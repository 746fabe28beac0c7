import { type AgentDefinition } from '../../agents/agent-definition.js';
import { type AgentRegistry } from '../../agents/agent-registry.service.js';
import {
  type HttpExchange,
  type PlatformParams,
} from '../http/http-exchange.js';
import { type RoutePattern } from '../http/route-pattern.js';
import { type RestRequest } from './rest-requests.js';

/** A route of HTTP+JSON, below the path of an agent. */
export interface RestRoute extends RoutePattern {
  /** Name of the controller's method, for logs. */
  readonly name: string;
  /** Reads the request. @throws A2AError */
  decode(params: PlatformParams, exchange: HttpExchange): RestRequest;
}

/**
 * Whether what matches a route is a request to the agent. The pattern of
 * `message:send` also matches `/messages`, which may be the application's, and
 * what is in the place of a tenant may be another agent.
 */
export function isForAgent(
  { verb, tenant }: PlatformParams,
  agent: AgentDefinition,
  agents: AgentRegistry,
): boolean {
  const isOurs = verb === undefined || verb.startsWith(':');
  return isOurs && (tenant === undefined || !agents.isReserved(tenant, agent));
}
