import {
  type AgentCard,
  parseProtocolVersion,
  signAgentCard,
} from '@nest-a2a/protocol';
import { toV03Card } from '@nest-a2a/protocol/v0.3';
import { Inject, Injectable } from '@nestjs/common';
import { type AgentDefinition } from '../agents/agent-definition.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { toAgentCard } from './agent-card.js';
import { cardExtensions } from './card-extensions.js';
import { etagOf } from './conditional-request.js';

/** A card as it goes over the wire. */
export interface CardDocument {
  readonly body: string;
  readonly etag: string;
}

/** Behind a proxy that passes any host on, callers decide how many there are. */
const MAX_SIGNED = 64;

/** The cards of the agents as texts. A signature is made once for each card, and not for each request. */
@Injectable()
export class CardDocuments {
  private readonly signed = new Map<string, CardDocument>();

  constructor(
    @Inject(RESOLVED_OPTIONS)
    private readonly options: Pick<ResolvedOptions, 'push' | 'idempotency'>,
  ) {}

  /** Whether the card depends on the version that the caller speaks. */
  isVaried({ versions }: AgentDefinition): boolean {
    return versions.includes('0.3');
  }

  /**
   * The card for a caller. Who says that it speaks 1.0 gets the card of 1.0,
   * signed if the agent signs; everybody else one that both versions can read.
   * That has no signature: who verifies it may know none of what 0.3 adds, and
   * would find another content than what was signed.
   *
   * @param url where the agent is, without a slash at its end
   * @param version what the caller says it speaks
   */
  of(
    agent: AgentDefinition,
    url: string,
    version: string | undefined,
  ): CardDocument {
    const added = cardExtensions(agent, url, this.options);
    const card = toAgentCard(agent, url, added);
    const isPure = parseProtocolVersion(version) === '1.0';
    if (isPure || !this.isVaried(agent)) {
      return this.pure(agent, card);
    }
    const body = JSON.stringify({ ...card, ...toV03Card(card) });
    return { body, etag: etagOf(body) };
  }

  private pure(agent: AgentDefinition, card: AgentCard): CardDocument {
    const body = JSON.stringify(card);
    if (agent.cardSigning === undefined) {
      return { body, etag: etagOf(body) };
    }
    const known = this.signed.get(agent.name + body);
    const document = known ?? sign(card, agent.cardSigning);
    if (!known) {
      this.keep(agent.name + body, document);
    }
    return document;
  }

  private keep(key: string, document: CardDocument): void {
    const [oldest] = this.signed.keys();
    if (this.signed.size >= MAX_SIGNED && oldest !== undefined) {
      this.signed.delete(oldest);
    }
    this.signed.set(key, document);
  }
}

/**
 * The validator is weak: it does not depend on the bytes of the signatures,
 * which are others in each process (ES256), but on what was signed and how.
 */
function sign(
  card: AgentCard,
  { keys, forms }: NonNullable<AgentDefinition['cardSigning']>,
): CardDocument {
  const signed = signAgentCard(card, keys, { forms });
  const signatures = signed.signatures.map((one) => one.protected);
  const content = JSON.stringify({ ...card, signatures });
  return { body: JSON.stringify(signed), etag: `W/${etagOf(content)}` };
}
