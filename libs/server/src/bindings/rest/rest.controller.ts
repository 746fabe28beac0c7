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
import { passOn } from '../http/pass-on.js';
import { refusesWebhook } from '../http/webhook-loop.js';
import { RestBinding } from './rest-binding.service.js';
import { REST_0_3, REST_1_0, type RestFormat } from './rest-formats.js';
import { isForAgent, type RestRoute } from './rest-route.js';
import { restRoutes } from './rest-routes.js';

/** Which route of whom a filter is for. */
interface FilteredRoute {
  /** Name of the agent. */
  readonly agent: string;
  readonly format: RestFormat;
  readonly route: RestRoute;
}

/** Answers what guards and interceptors of the application throw in the form of HTTP+JSON. */
@Injectable()
abstract class RestExceptionFilter implements ExceptionFilter {
  protected abstract readonly filtered: FilteredRoute;

  constructor(
    @Inject(RestBinding) private readonly binding: RestBinding,
    @Inject(HttpExchanges) private readonly exchanges: HttpExchanges,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<PlatformRequest>();
    const response = http.getResponse<PlatformResponse>();
    const exchange = this.exchanges.begin(request, response);
    const { agent, format, route } = this.filtered;
    const refused = { agent, format, exchange };
    this.binding.refuse(exception, refused, () =>
      route.decode(request.params ?? {}, exchange),
    );
  }
}

/** A filter for each route: it is not told which one was asked. */
function filterFor(filtered: FilteredRoute): Type<ExceptionFilter> {
  @Catch()
  @Injectable()
  class A2ARestExceptionFilter extends RestExceptionFilter {
    protected override readonly filtered = filtered;
  }
  return A2ARestExceptionFilter;
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
    if (!isForAgent(params, agent, agents)) {
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

const FORMATS = { '1.0': REST_1_0, '0.3': REST_0_3 };

/**
 * The routes of one agent for one version. A class for each, because the path
 * stands in the metadata of the class.
 */
export function createRestController(
  version: ProtocolVersion,
  options: ControllerOptions,
): Type<unknown> {
  const format = FORMATS[version];
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
  const { agent, hasTenants } = options;
  for (const route of restRoutes(version, { hasTenants })) {
    addRoute(A2ARestController, { agent, format, route });
  }
  return A2ARestController;
}

function decorate(
  controller: Type<RestHandlers>,
  { agent, path, guards }: ControllerOptions,
): void {
  Controller({ path, version: VERSION_NEUTRAL })(controller);
  SetMetadata(A2A_CONTROLLER, true)(controller);
  SetMetadata(SWAGGER_EXCLUDE, [true])(controller);
  UseGuards(createAuthenticationGuard(agent), ...guards)(controller);
}

/** A method of the controller for a route, as if it were written there with decorators. */
function addRoute(
  controller: Type<RestHandlers>,
  filtered: FilteredRoute,
): void {
  const prototype = controller.prototype as RestHandlers;
  const { route } = filtered;
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
  UseFilters(filterFor(filtered))(prototype, name, descriptor);
  RequestMapping({
    path: route.pattern,
    method: RequestMethod[route.method],
  })(prototype, name, descriptor);
}
