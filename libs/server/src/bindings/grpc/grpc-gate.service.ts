import { Inject, Injectable, Scope, type Type } from '@nestjs/common';
import {
  ContextIdFactory,
  ExternalContextCreator,
  ModuleRef,
} from '@nestjs/core';
import {
  getGrpcHandlerToken,
  type GrpcArguments,
  type GrpcHandler,
} from './grpc-handler.js';

type Handle = GrpcHandler['handle'];
/** What Nest takes any handler for. */
type Callback = (...args: unknown[]) => unknown;

/** No exception filter: what is thrown is answered in the form of gRPC, as HTTP bindings answer it in theirs. */
const ENHANCERS = { guards: true, interceptors: true, filters: false };

/** Lets calls pass through the guards and interceptors of the application and of the agent. */
@Injectable()
export class GrpcGate {
  private readonly handles = new Map<string, Handle>();

  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(ExternalContextCreator)
    private readonly contexts: ExternalContextCreator,
  ) {}

  /**
   * Calls `answer` if nobody objects.
   *
   * @throws what a guard or an interceptor throws
   */
  async pass(
    agent: string,
    args: GrpcArguments,
    answer: () => Promise<void>,
  ): Promise<void> {
    const handle =
      this.handles.get(agent) ?? (await this.handleFor(agent, args[0]));
    await handle(...args, answer);
  }

  /** A guard that is made for each request needs a handler of its own for each. */
  private async handleFor(agent: string, request: object): Promise<Handle> {
    const options = { strict: false };
    const type: Type<GrpcHandler> = this.modules.get(
      getGrpcHandlerToken(agent),
      options,
    );
    if (this.modules.introspect(type).scope === Scope.DEFAULT) {
      const handle = this.create(this.modules.get(type, options));
      this.handles.set(agent, handle);
      return handle;
    }
    const contextId = ContextIdFactory.create();
    this.modules.registerRequestByContextId(request, contextId);
    const handler = await this.modules.resolve(type, contextId, options);
    return this.create(handler, contextId);
  }

  private create(
    handler: GrpcHandler,
    contextId?: ReturnType<typeof ContextIdFactory.create>,
  ): Handle {
    const callback = handler.handle as unknown as Callback;
    return this.contexts.create(
      handler,
      callback,
      'handle',
      undefined,
      undefined,
      contextId,
      undefined,
      ENHANCERS,
      'rpc',
    );
  }
}
