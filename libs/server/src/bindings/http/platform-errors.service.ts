import { Inject, Injectable } from '@nestjs/common';
import { JsonRpcBinding } from '../json-rpc/json-rpc-binding.service.js';
import { RestBinding } from '../rest/rest-binding.service.js';
import { REST_0_3, REST_1_0 } from '../rest/rest-formats.js';
import { type AgentRoutes } from './agent-routes.js';
import {
  type PlatformRequest,
  type PlatformResponse,
} from './http-exchange.js';
import { HttpExchanges } from './http-exchanges.service.js';
import { type Addressed, addresseeOf } from './raw-body-options.js';

/** Answers in the form of the binding what Express or Fastify refuse before a route is reached, such as a body that is too large. */
@Injectable()
export class PlatformErrors {
  constructor(
    @Inject(HttpExchanges) private readonly exchanges: HttpExchanges,
    @Inject(JsonRpcBinding) private readonly jsonRpc: JsonRpcBinding,
    @Inject(RestBinding) private readonly rest: RestBinding,
  ) {}

  /** Answers one request. */
  reply(
    error: unknown,
    {
      routes,
      request,
      response,
    }: {
      routes: readonly AgentRoutes[];
      request: unknown;
      response: unknown;
    },
  ): void {
    const exchange = this.exchanges.begin(
      request as PlatformRequest,
      response as PlatformResponse,
    );
    if (exchange.isClosed && isPrematureClose(error)) {
      return;
    }
    const { binding, version } =
      addresseeOf(request as Addressed, routes) ?? {};
    if (binding === 'JSONRPC') {
      this.jsonRpc.replyError(error, { exchange });
    } else {
      const format = version === '0.3' ? REST_0_3 : REST_1_0;
      this.rest.replyError(error, { format, exchange });
    }
  }
}

/** What Fastify calls the stream for a caller who has gone before it could begin to send it. */
function isPrematureClose(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_STREAM_PREMATURE_CLOSE'
  );
}
