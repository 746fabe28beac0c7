import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AgentRegistry } from '../agents/agent-registry.service.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';

/** Prepares the ways to authenticate: what is missing stops the start, and not the first caller. */
@Injectable()
export class AuthenticationSetup implements OnModuleInit {
  constructor(
    @Inject(AgentRegistry) private readonly agents: AgentRegistry,
    @Inject(RESOLVED_OPTIONS)
    private readonly options: Pick<ResolvedOptions, 'roles'>,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.options.roles.includes('api')) {
      return;
    }
    const ways = this.agents.all.flatMap(({ authentication }) => [
      ...authentication,
    ]);
    for (const way of new Set(ways)) {
      await way.open?.();
    }
  }
}
