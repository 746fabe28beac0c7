import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type Type,
} from '@nestjs/common';
import { authenticate } from '../access/authenticate.js';
import { type CredentialRequest } from '../access/authenticator.js';
import {
  type AgentDefinition,
  getAgentToken,
} from '../agents/agent-definition.js';
import { AgentRegistry } from '../agents/agent-registry.service.js';
import { type PlatformParams } from './http/http-exchange.js';
import { isForAgent } from './rest/rest-route.js';

/** What requests of every binding have; those over gRPC have no parameters. */
type GuardedRequest = CredentialRequest & { readonly params?: PlatformParams };

/** The guard of an agent with the option `authentication`: the first of its guards, so that the others see who calls. */
export function createAuthenticationGuard(agent: string): Type<CanActivate> {
  @Injectable()
  class A2AAuthenticationGuard implements CanActivate {
    constructor(
      @Inject(getAgentToken(agent)) private readonly agent: AgentDefinition,
      @Inject(AgentRegistry) private readonly agents: AgentRegistry,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const { authentication } = this.agent;
      const request = context.switchToHttp().getRequest<GuardedRequest>();
      const { params = {} } = request;
      if (
        authentication.length > 0 &&
        isForAgent(params, this.agent, this.agents)
      ) {
        await authenticate(authentication, request);
      }
      return true;
    }
  }
  return A2AAuthenticationGuard;
}
