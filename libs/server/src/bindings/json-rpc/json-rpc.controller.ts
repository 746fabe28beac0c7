import { jsonRpcIdOf } from '@nest-a2a/protocol';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Inject,
  Injectable,
  Post,
  Req,
  Res,
  SetMetadata,
  type Type,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import {
  type AgentDefinition,
  getAgentToken,
} from '../../agents/agent-definition.js';
import {
  A2A_CONTROLLER,
  type ControllerOptions,
  SWAGGER_EXCLUDE,
} from '../http/controller-options.js';
import {
  type PlatformRequest,
  type PlatformResponse,
} from '../http/http-exchange.js';
import { HttpExchanges } from '../http/http-exchanges.service.js';
import { refusesWebhook } from '../http/webhook-loop.js';
import { JsonRpcBinding } from './json-rpc-binding.service.js';

/** Answers what guards and interceptors of the application throw in the form of JSON-RPC. */
@Catch()
@Injectable()
export class JsonRpcExceptionFilter implements ExceptionFilter {
  constructor(
    @Inject(JsonRpcBinding) private readonly binding: JsonRpcBinding,
    @Inject(HttpExchanges) private readonly exchanges: HttpExchanges,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<PlatformRequest>();
    const response = http.getResponse<PlatformResponse>();
    const exchange = this.exchanges.begin(request, response);
    let id = null;
    try {
      id = jsonRpcIdOf(exchange.jsonBody());
    } catch (error) {
      void error; // The body has no id that could be answered.
    }
    this.binding.replyError(exception, { id, exchange });
  }
}

/**
 * The route of JSON-RPC for one agent. A class for each, because the path
 * stands in the metadata of the class.
 */
export function createJsonRpcController({
  agent,
  path,
  guards,
}: ControllerOptions): Type<unknown> {
  @Controller({ path, version: VERSION_NEUTRAL })
  @SetMetadata(A2A_CONTROLLER, true)
  @SetMetadata(SWAGGER_EXCLUDE, [true])
  @UseGuards(...guards)
  @UseFilters(JsonRpcExceptionFilter)
  class A2AJsonRpcController {
    constructor(
      @Inject(getAgentToken(agent)) private readonly agent: AgentDefinition,
      @Inject(JsonRpcBinding) private readonly binding: JsonRpcBinding,
      @Inject(HttpExchanges) private readonly exchanges: HttpExchanges,
    ) {}

    @Post()
    async handle(
      @Req() request: PlatformRequest,
      @Res() response: PlatformResponse,
    ): Promise<void> {
      const exchange = this.exchanges.begin(request, response);
      if (!refusesWebhook(exchange)) {
        await this.binding.handle(this.agent, exchange);
      }
    }
  }
  return A2AJsonRpcController;
}
