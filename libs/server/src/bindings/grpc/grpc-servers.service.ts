import { type Clock } from '@nest-a2a/store';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type AgentDefinition } from '../../agents/agent-definition.js';
import { AgentRegistry } from '../../agents/agent-registry.service.js';
import { type GrpcEndpoint } from '../../agents/grpc-endpoint.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';
import { A2A_CLOCK } from '../../runtime/runtime.tokens.js';
import { OpenExchanges } from '../open-exchanges.service.js';
import { GrpcBinding } from './grpc-binding.service.js';
import { GrpcExchange } from './grpc-exchange.js';
import { GRPC_CONTENT } from './grpc-formats.js';
import { type GrpcPackages, loadGrpcPackages } from './grpc-packages.js';
import { GrpcRequest } from './grpc-request.js';
import { GrpcServer, type ReceivedCall } from './grpc-server.js';

/**
 * The gRPC servers of the application, one for each agent that answers gRPC.
 *
 * 1. bootstrap: listen.
 * 2. destroy: say by the health service that there will be no service soon. What
 *    is being answered is ended by the lifecycle of the runtime.
 * 3. before shutdown: stop to listen, as HTTP does then.
 */
@Injectable()
export class GrpcServers
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly logger = new Logger('A2AGrpc');
  private readonly servers: GrpcServer[] = [];

  constructor(
    @Inject(AgentRegistry) private readonly agents: AgentRegistry,
    @Inject(GrpcBinding) private readonly binding: GrpcBinding,
    @Inject(OpenExchanges) private readonly open: OpenExchanges,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws GrpcServerError */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.options.roles.includes('api')) return;
    for (const agent of this.agents.all) {
      if (agent.grpc) await this.start(agent, agent.grpc);
    }
  }

  onModuleDestroy(): void {
    this.servers.forEach((server) => server.refuse());
  }

  async beforeApplicationShutdown(): Promise<void> {
    const servers = this.servers.splice(0);
    await Promise.all(servers.map((server) => server.close()));
  }

  private async start(
    agent: AgentDefinition,
    endpoint: GrpcEndpoint,
  ): Promise<void> {
    const packages = await loadGrpcPackages(endpoint.options);
    const server = new GrpcServer({
      agent: agent.name,
      endpoint,
      services: agent.versions.map(
        (version) => packages.protocol.GRPC_SERVICES[version],
      ),
      packages,
      maxBodyBytes: this.options.maxBodyBytes,
      keepAliveMs: this.options.sse.heartbeatMs,
      clock: this.clock,
      onCall: (received) => this.answer(received, { agent, packages }),
    });
    await server.listen();
    this.servers.push(server);
    const { host } = endpoint.options;
    this.logger.log(
      `Agent "${agent.name}" answers gRPC at ${host}, port ${endpoint.port}`,
    );
  }

  private answer(
    { service, procedure, call, respond }: ReceivedCall,
    { agent, packages }: { agent: AgentDefinition; packages: GrpcPackages },
  ): void {
    const request = new GrpcRequest({
      path: procedure.path,
      metadata: call.metadata,
      peer: call.getPeer(),
      decode: () => procedure.decodeRequest(call.request),
    });
    const exchange = new GrpcExchange(
      call,
      request,
      procedure.isStreaming ? undefined : respond,
    );
    this.open.add(exchange);
    const content = GRPC_CONTENT[service.version];
    void this.binding.handle({ agent, procedure, content, exchange, packages });
  }
}
