import { Inject, Injectable } from '@nestjs/common';
import { AgentUrls } from '../../agent-card/agent-urls.service.js';
import { AgentRegistry } from '../../agents/agent-registry.service.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';

/** What tokens call the agent that sends: the URL in its card. */
@Injectable()
export class TokenIssuers {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(AgentRegistry) private readonly agents: AgentRegistry,
    @Inject(AgentUrls) private readonly urls: AgentUrls,
  ) {}

  /** @param agent its name; the application itself for one that this process does not have */
  of(agent: string): string {
    const known = this.agents.all.find(({ name }) => name === agent);
    return known
      ? this.urls.of(known, undefined)
      : (this.options.publicUrl ?? '');
  }
}
