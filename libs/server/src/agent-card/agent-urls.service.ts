import { Inject, Injectable } from '@nestjs/common';
import { type AgentDefinition } from '../agents/agent-definition.js';
import { type ForwardedRequest, PublicUrl } from './public-url.service.js';

/** Under which URLs the agents are reached. */
@Injectable()
export class AgentUrls {
  private readonly bases = new Map<string, string>();

  constructor(@Inject(PublicUrl) private readonly publicUrl: PublicUrl) {}

  /**
   * Notes where the routes of an agent are.
   *
   * @param base with a leading slash; empty for the root
   */
  place({ name }: AgentDefinition, base: string): void {
    this.bases.set(name, base);
  }

  /**
   * Absolute, without a slash at its end.
   *
   * @param request that of the caller; what has no headers says nothing
   */
  of({ name, path }: AgentDefinition, request: unknown): string {
    const base = this.bases.get(name) ?? (path && `/${path}`);
    const forwarded = hasHeaders(request) ? request : { headers: {} };
    return this.publicUrl.of(forwarded) + base;
  }
}

function hasHeaders(request: unknown): request is ForwardedRequest {
  return (
    typeof request === 'object' &&
    request !== null &&
    'headers' in request &&
    typeof request.headers === 'object' &&
    request.headers !== null
  );
}
