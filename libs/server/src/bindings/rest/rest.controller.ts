import { type ProtocolVersion } from '@nest-a2a/protocol';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Inject,
  Injectable,
  Next,
  Req,
  RequestMapping,
  RequestMethod,
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
import { AgentRegistry } from '../../agents/agent-registry.service.js';
import {
  A2A_CONTROLLER,
  type ControllerOptions,
  SWAGGER_EXCLUDE,
} from '../http/controller-options.js';
import {
  type PlatformParams,
  type PlatformRequest,
  type PlatformResponse,
} from '../http/http-exchange.js';
import { HttpExchanges } from '../http/http-exchanges.service.js';
import { passOn } from '../http/pass-on.js';
import { refusesWebhook } from '../http/webhook-loop.js';
import { RestBinding } from './rest-binding.service.js';
import { REST_0_3, REST_1_0, type RestFormat } from './rest-formats.js';
import { type RestRoute } from './rest-route.js';
import { restRoutes } from './rest-routes.js';

/** Answers what guards and interceptors of the application throw in the form of HTTP+JSON. */
@Catch()
@Injectable()
export class RestExceptionFilter implements ExceptionFilter {
  protected readonly format: RestFormat = REST_1_0;

  constructor(
    @Inject(RestBinding) private readonly binding: RestBinding,
    @Inject(HttpExchanges) private readonly exchanges: HttpExchanges,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<PlatformRequest>();
    const response = http.getResponse<PlatformResponse>();
    const exchange = this.exchanges.begin(request, response);
    this.binding.replyError(exception, { format: this.format, exchange });
  }
}

/** The same in the form of A2A 0.3. */
@Catch()
@Injectable()
export class RestExceptionFilterV03 extends RestExceptionFilter {
  protected override readonly format = REST_0_3;
}

/** What the platform gives to a handler. */
type HandlerArguments = readonly [
  request: PlatformRequest,
  response: PlatformResponse,
  next: unknown,
];

/** The handlers of one agent for the routes of one version. */
abstract class RestHandlers {
  constructor(
    private readonly format: RestFormat,
    private readonly agent: AgentDefinition,
    private readonly binding: RestBinding,
    private readonly exchanges: HttpExchanges,
    private readonly agents: AgentRegistry,
  ) {}

  async handle(
    route: RestRoute,
    [request, response, next]: HandlerArguments,
  ): Promise<void> {
    const { params = {} } = request;
    const { tenant } = params;
    const { agent, format, agents } = this;
    const isElsewhere =
      tenant !== undefined && agents.isReserved(tenant, agent);
    if (!isOurs(params) || isElsewhere) {
      return passOn(response, next);
    }
    const exchange = this.exchanges.begin(request, response);
    if (refusesWebhook(exchange)) {
      return;
    }
    const hit = { agent, format, exchange, tenant };
    await this.binding.handle(hit, () => route.decode(params, exchange));
  }
}

/** The pattern of `message:send` also matches `/messages`, which may be the application's. */
function isOurs({ verb }: PlatformParams): boolean {
  return verb === undefined || verb.startsWith(':');
}

/** What differs between the versions. */
const VERSIONS = {
  '1.0': { format: REST_1_0, filter: RestExceptionFilter },
  '0.3': { format: REST_0_3, filter: RestExceptionFilterV03 },
};

/**
 * The routes of one agent for one version. A class for each, because the path
 * stands in the metadata of the class.
 */
export function createRestController(
  version: ProtocolVersion,
  options: ControllerOptions,
): Type<unknown> {
  const { format, filter } = VERSIONS[version];
  @UseFilters(filter)
  class A2ARestController extends RestHandlers {
    constructor(
      @Inject(getAgentToken(options.agent)) agent: AgentDefinition,
      @Inject(RestBinding) binding: RestBinding,
      @Inject(HttpExchanges) exchanges: HttpExchanges,
      @Inject(AgentRegistry) agents: AgentRegistry,
    ) {
      super(format, agent, binding, exchanges, agents);
    }
  }
  decorate(A2ARestController, options);
  const { hasTenants } = options;
  addRoutes(A2ARestController, restRoutes(version, { hasTenants }));
  return A2ARestController;
}

function decorate(
  controller: Type<RestHandlers>,
  { path, guards }: ControllerOptions,
): void {
  Controller({ path, version: VERSION_NEUTRAL })(controller);
  SetMetadata(A2A_CONTROLLER, true)(controller);
  SetMetadata(SWAGGER_EXCLUDE, [true])(controller);
  UseGuards(...guards)(controller);
}

/** A method of the controller for each route, as if it were written there with decorators. */
function addRoutes(
  controller: Type<RestHandlers>,
  routes: readonly RestRoute[],
): void {
  const prototype = controller.prototype as RestHandlers;
  for (const route of routes) {
    const { name } = route;
    const descriptor: PropertyDescriptor = {
      configurable: true,
      value(this: RestHandlers, ...args: HandlerArguments): Promise<void> {
        return this.handle(route, args);
      },
    };
    Object.defineProperty(prototype, name, descriptor);
    Req()(prototype, name, 0);
    Res()(prototype, name, 1);
    Next()(prototype, name, 2);
    RequestMapping({
      path: route.pattern,
      method: RequestMethod[route.method],
    })(prototype, name, descriptor);
  }
}
