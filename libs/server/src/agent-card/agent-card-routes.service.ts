import { A2A_VERSION_HEADER } from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';
import { Inject, Injectable } from '@nestjs/common';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { AgentUrls } from './agent-urls.service.js';
import { CardDocuments } from './card-documents.service.js';
import { isKnown } from './conditional-request.js';
import { type ForwardedRequest, PublicUrl } from './public-url.service.js';
import { WebhookKeysRoutes } from './webhook-keys-routes.service.js';

/** What a card depends on behind a trusted proxy. */
const FORWARDED = ['X-Forwarded-Host', 'X-Forwarded-Proto'];

/** Headers arrive in lower case. */
const VERSION = A2A_VERSION_HEADER.toLowerCase();

/** How long a card may be used without asking again. */
const MAX_AGE_SECONDS = 300;

/** Where one agent's card is, and where the agent is. */
export interface CardRoute {
  readonly agent: AgentDefinition;
  /** Paths of the card. */
  readonly paths: readonly string[];
  /** Paths of the keys that sign webhooks; empty where there are none. */
  readonly keyPaths: readonly string[];
  /** Path of the agent's routes, with a leading slash; empty for the root. */
  readonly base: string;
}

/**
 * Serves agent cards. Their routes belong to the platform and to no module:
 * whoever looks for an agent knows neither prefix nor credentials, so neither
 * counts here (A2A §8.2).
 */
@Injectable()
export class AgentCardRoutes {
  constructor(
    @Inject(PublicUrl) private readonly publicUrl: PublicUrl,
    @Inject(AgentUrls) private readonly urls: AgentUrls,
    @Inject(CardDocuments) private readonly documents: CardDocuments,
    @Inject(WebhookKeysRoutes) private readonly keys: WebhookKeysRoutes,
  ) {}

  /** Must be called before the routes of the application are registered: the first one wins on Express. */
  register(adapter: AbstractHttpAdapter, routes: readonly CardRoute[]): void {
    for (const route of routes) {
      this.urls.place(route.agent, route.base);
      this.keys.register(adapter, route.keyPaths);
      for (const path of route.paths) {
        adapter.get(path, (request: ForwardedRequest, response: unknown) =>
          this.answer(adapter, route.agent, { request, response }),
        );
      }
    }
  }

  private answer(
    adapter: AbstractHttpAdapter,
    agent: AgentDefinition,
    { request, response }: { request: ForwardedRequest; response: unknown },
  ): void {
    const { headers } = request;
    const version = [headers[VERSION]].flat().join();
    const url = this.urls.of(agent, request);
    const { body, etag } = this.documents.of(agent, url, version);
    const vary = this.varyOf(agent, adapter.getHeader(response, 'Vary'));
    const head = {
      ETag: etag,
      'Cache-Control': `public, max-age=${MAX_AGE_SECONDS}`,
      ...(vary !== '' && { Vary: vary }),
    };
    for (const [name, value] of Object.entries(head)) {
      adapter.setHeader(response, name, value);
    }
    if (isKnown(headers['if-none-match'], etag)) {
      adapter.reply(response, '', 304);
      return;
    }
    adapter.setHeader(response, 'Content-Type', 'application/json');
    adapter.reply(response, body, 200);
  }

  /** @param before what the application has put there, such as `Origin` */
  private varyOf(agent: AgentDefinition, before: unknown): string {
    return [
      ...(typeof before === 'string' ? [before] : []),
      ...(this.documents.isVaried(agent) ? [A2A_VERSION_HEADER] : []),
      ...(this.publicUrl.isForwarded ? FORWARDED : []),
    ].join(', ');
  }
}
