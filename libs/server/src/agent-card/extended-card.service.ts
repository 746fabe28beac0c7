import {
  type AgentCard,
  extendedAgentCardNotConfigured,
  ParseContext,
  unauthenticated,
  unsupportedOperation,
} from '@nest-a2a/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { askApplication } from '../access/ask-application.js';
import { type AgentDefinition } from '../agents/agent-definition.js';
import { InvalidOptionsError } from '../options/invalid-options.errors.js';
import {
  type ExtendedAgentCard,
  type ExtendedAgentCardOptions,
} from '../options/a2a-module-options.js';
import { extendedCardParser } from '../options/card-option-parsers.js';
import { toAgentCard } from './agent-card.js';
import { cardExtensions } from './card-extensions.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { AgentUrls } from './agent-urls.service.js';

/** Who asks for an extended card. */
export interface ExtendedCardCaller {
  readonly agent: AgentDefinition;
  /** Empty for nobody. */
  readonly principal: string;
  /** Empty for none. */
  readonly tenant: string;
  readonly request: unknown;
}

/** The cards that agents show to callers who have said who they are (A2A §3.1.11). */
@Injectable()
export class ExtendedCards {
  constructor(
    @Inject(AgentUrls) private readonly urls: AgentUrls,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * The card for a caller.
   *
   * @throws A2AError `UNSUPPORTED_OPERATION`, `EXTENDED_AGENT_CARD_NOT_CONFIGURED`
   * (A2A §3.3.4), `UNAUTHENTICATED` (A2A §13.3), or what the application's function throws
   */
  async of(caller: ExtendedCardCaller): Promise<AgentCard> {
    const { agent, request, principal } = caller;
    if (!agent.extendedAgentCard) {
      throw agent.card.capabilities?.extendedAgentCard
        ? extendedAgentCardNotConfigured()
        : unsupportedOperation('The agent has no extended card');
    }
    if (principal === '' && !agent.isExtendedCardPublic) {
      throw unauthenticated();
    }
    const extension = await extensionFor(caller, agent.extendedAgentCard);
    const capabilities = {
      ...agent.card.capabilities,
      ...extension.capabilities,
    };
    const card = { ...agent.card, ...extension, capabilities };
    const url = this.urls.of(agent, request);
    const added = cardExtensions(agent, url, this.options);
    return toAgentCard({ ...agent, card }, url, added);
  }
}

async function extensionFor(
  { agent, principal, tenant, request }: ExtendedCardCaller,
  option: ExtendedAgentCard,
): Promise<ExtendedAgentCardOptions> {
  if (typeof option !== 'function') {
    return option;
  }
  const caller = {
    agent: agent.name,
    principal: principal || undefined,
    tenant: tenant || undefined,
    request,
  };
  const answer = await askApplication(() => option(caller));
  if (answer === undefined) {
    throw extendedAgentCardNotConfigured();
  }
  const context = new ParseContext('request');
  const parsed = extendedCardParser(answer, '', context);
  if (parsed === undefined || context.violations.length > 0) {
    const where = `What extendedAgentCard answers for the agent "${agent.name}"`;
    throw new InvalidOptionsError(where, context.violations);
  }
  return parsed;
}
