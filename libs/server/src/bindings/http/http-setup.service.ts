import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AgentCardRoutes } from '../../agent-card/agent-card-routes.service.js';
import { showsWebhookKeys } from '../../agent-card/card-extensions.js';
import { AgentRegistry } from '../../agents/agent-registry.service.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';
import { AgentRoutes } from './agent-routes.js';
import { installErrorsOnExpress } from './express-raw-body.js';
import { preferOwnRoutes } from './express-tenants.js';
import { HostApplication } from './host-application.service.js';
import { PlatformErrors } from './platform-errors.service.js';
import { installRawBody } from './raw-body.js';
import { type RawBodyOptions } from './raw-body-options.js';
import { assertNoConflicts, routesOfAgent } from './route-conflicts.js';

/** Makes the agents at home in the HTTP application, so that nothing is needed in its `main.ts`. */
@Injectable()
export class HttpSetup {
  private rawBody: RawBodyOptions | undefined;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(HostApplication) private readonly application: HostApplication,
    @Inject(AgentRegistry) private readonly agents: AgentRegistry,
    @Inject(AgentCardRoutes) private readonly cards: AgentCardRoutes,
    @Inject(PlatformErrors) private readonly errors: PlatformErrors,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * Before the routes of the application are registered.
   *
   * @throws RouteConflictError
   */
  beforeRoutes(): void {
    const adapter = this.host.httpAdapter;
    const routes = this.routes();
    this.assertNoConflicts(routes);
    this.rawBody = {
      routes,
      maxBodyBytes: this.options.maxBodyBytes,
      onError: (error, request, response) =>
        this.errors.reply(error, { routes, request, response }),
    };
    installRawBody(adapter, this.rawBody);
    if (!this.application.isFastify) {
      preferOwnRoutes(adapter, routes);
    }
    this.cards.register(
      adapter,
      routes.map(({ agent, cardPaths, keyPaths, base }) => ({
        agent,
        paths: cardPaths,
        keyPaths,
        base,
      })),
    );
  }

  /** Where others answer: what a process says that only delivers webhooks must name the same URLs. */
  placeAgents(): void {
    const none = { paths: [], keyPaths: [] };
    this.cards.register(
      this.host.httpAdapter,
      this.routes().map(({ agent, base }) => ({ agent, base, ...none })),
    );
  }

  /** Where each agent answers, as far as the application has said by now. */
  routes(): AgentRoutes[] {
    return this.agents.all.map(
      (agent) =>
        new AgentRoutes(agent, {
          rules: this.application,
          showsKeys: showsWebhookKeys(agent, this.options),
        }),
    );
  }

  private assertNoConflicts(routes: readonly AgentRoutes[]): void {
    const hostRoutes = this.application.routes();
    const rules = { canPassOn: !this.application.isFastify };
    for (const one of routes) {
      const others = routes.filter((other) => other !== one);
      const foreign = [...hostRoutes, ...others.flatMap(routesOfAgent)];
      assertNoConflicts(one, foreign, rules);
    }
  }

  /** After the routes of the application are registered. */
  afterRoutes(): void {
    const adapter = this.host.httpAdapter;
    if (this.rawBody && adapter.getType() !== 'fastify') {
      installErrorsOnExpress(adapter, this.rawBody);
    }
  }
}
