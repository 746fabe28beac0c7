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
import { createAuthenticationGuard } from '../authentication.guard.js';
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
@Injectable()
abstract class JsonRpcExceptionFilter implements ExceptionFilter {
  protected abstract readonly agent: string;

  constructor(
    @Inject(JsonRpcBinding) private readonly binding: JsonRpcBinding,
    @Inject(HttpExchanges) private readonly exchanges: HttpExchanges,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<PlatformRequest>();
    const response = http.getResponse<PlatformResponse>();
    const exchange = this.exchanges.begin(request, response);
    this.binding.refuse(exception, this.agent, exchange);
  }
}

/** A filter for each agent: it is not told which one was asked. */
function filterFor(agent: string): Type<ExceptionFilter> {
  @Catch()
  @Injectable()
  class A2AJsonRpcExceptionFilter extends JsonRpcExceptionFilter {
    protected override readonly agent = agent;
  }
  return A2AJsonRpcExceptionFilter;
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
  @UseGuards(createAuthenticationGuard(agent), ...guards)
  @UseFilters(filterFor(agent))
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
