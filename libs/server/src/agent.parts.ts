import { type InjectionToken, type Provider, type Type } from '@nestjs/common';
import { getAgentToken } from './agents/agent-definition.js';
import { AgentRegistry } from './agents/agent-registry.service.js';
import { normalizePath, resolveAgent } from './agents/resolve-agent.js';
import { createAuthenticationGuard } from './bindings/authentication.guard.js';
import { type ControllerOptions } from './bindings/http/controller-options.js';
import {
  createGrpcHandler,
  getGrpcHandlerToken,
} from './bindings/grpc/grpc-handler.js';
import { createJsonRpcController } from './bindings/json-rpc/json-rpc.controller.js';
import { createRestController } from './bindings/rest/rest.controller.js';
import {
  type AgentExtras,
  type AgentOptions,
  type ServedBinding,
} from './options/a2a-module-options.js';
import { DEFAULT_OPTIONS } from './options/default-options.js';

/** What shapes the routes of an agent, where nothing else was said. Nest needs every key to tell them from the options of a factory. */
export const DEFAULT_EXTRAS: AgentExtras = {
  agent: DEFAULT_OPTIONS.agent,
  path: DEFAULT_OPTIONS.path,
  bindings: DEFAULT_OPTIONS.bindings,
  versions: DEFAULT_OPTIONS.versions,
  tenants: DEFAULT_OPTIONS.tenants,
  guards: [],
  imports: [],
  roles: DEFAULT_OPTIONS.roles,
};

/** The controllers of an agent, made for its path; none in a process that does not answer requests. */
export function agentControllers(extras: AgentExtras): Type<unknown>[] {
  const roles = extras.roles ?? DEFAULT_OPTIONS.roles;
  if (!roles.includes('api')) {
    return [];
  }
  const options: ControllerOptions = {
    agent: extras.agent ?? DEFAULT_OPTIONS.agent,
    path: normalizePath(extras.path),
    hasTenants: Boolean(extras.tenants),
    guards: extras.guards ?? [],
  };
  const bindings = extras.bindings ?? DEFAULT_OPTIONS.bindings;
  // What else is in the option is refused when the application starts.
  const versions = DEFAULT_OPTIONS.versions.filter(
    (version) => extras.versions?.includes(version) ?? true,
  );
  return [
    ...(bindings.includes('JSONRPC') ? [createJsonRpcController(options)] : []),
    ...(bindings.includes('HTTP+JSON')
      ? versions.map((version) => createRestController(version, options))
      : []),
  ];
}

/** What an agent that answers gRPC has in its module, for its guards to find what they inject. */
export function grpcProviders({
  agent,
  bindings = DEFAULT_OPTIONS.bindings,
  guards = [],
}: AgentExtras): Provider[] {
  const named: readonly ServedBinding[] = bindings;
  if (!named.includes('GRPC')) {
    return [];
  }
  const authentication = createAuthenticationGuard(
    agent ?? DEFAULT_OPTIONS.agent,
  );
  const handler = createGrpcHandler([authentication, ...guards]);
  const provide = getGrpcHandlerToken(agent);
  return [handler, { provide, useValue: handler }];
}

/**
 * Adds the agent to the application.
 *
 * @param from the call that the options were given to, the names that they have there, and the token under which they are
 */
export function agentProvider(
  extras: AgentExtras,
  from: { call: string; names: readonly string[]; options: InjectionToken },
): Provider {
  return {
    provide: getAgentToken(extras.agent),
    useFactory: (options: AgentOptions, registry: AgentRegistry) =>
      registry.add(resolveAgent(from, options, extras)),
    inject: [from.options, AgentRegistry],
  };
}
