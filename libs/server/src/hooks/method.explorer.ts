import { Inject, Injectable, type Type } from '@nestjs/common';
import {
  ContextIdFactory,
  DiscoveryService,
  MetadataScanner,
  ModuleRef,
} from '@nestjs/core';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
type Methods = Record<string, (told: object) => unknown>;

/** A method of the application that has a decorator of ours. */
export interface DecoratedMethod<Metadata, Told extends object> {
  /** Class and method, for the log. */
  readonly name: string;
  /** What the decorator has written. */
  readonly metadata: Metadata;
  call(told: Told): Promise<void>;
}

/** Finds methods by their decorator among the providers and controllers of the application. */
@Injectable()
export class MethodExplorer {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  /** @param key of the metadata that the decorator writes */
  explore<Metadata, Told extends object>(
    key: string,
  ): readonly DecoratedMethod<Metadata, Told>[] {
    const wrappers = [
      ...this.discovery.getProviders(),
      ...this.discovery.getControllers(),
    ];
    return (
      wrappers
        // Another name of a provider is no other provider.
        .filter(({ isAlias }) => !isAlias)
        .flatMap((wrapper) => this.methodsOf<Metadata, Told>(wrapper, key))
    );
  }

  private methodsOf<Metadata, Told extends object>(
    wrapper: Wrapper,
    key: string,
  ): DecoratedMethod<Metadata, Told>[] {
    const type = classOf(wrapper);
    const prototype = type?.prototype as Methods | undefined;
    if (!type || !prototype) {
      return [];
    }
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((method) => isDecorated(prototype[method], key))
      .map((method) => ({
        name: `${type.name}.${method}`,
        metadata: Reflect.getMetadata(key, prototype[method]!) as Metadata,
        call: async (told: Told) => {
          const instance = await this.resolve(wrapper, told);
          await instance[method]?.(told);
        },
      }));
  }

  /** The instance for a call: always the same, or one of its own where the class is request-scoped. */
  private async resolve(wrapper: Wrapper, told: object): Promise<Methods> {
    if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
      return wrapper.instance as Methods;
    }
    const id = ContextIdFactory.create();
    // What request-scoped providers get as REQUEST: there is no HTTP request here.
    this.moduleRef.registerRequestByContextId(told, id);
    const token = wrapper.token as Type<Methods>;
    return this.moduleRef.resolve(token, id, { strict: false });
  }
}

function isDecorated(method: unknown, key: string): boolean {
  return typeof method === 'function' && Reflect.hasMetadata(key, method);
}

function classOf({ instance, metatype }: Wrapper): Type<unknown> | undefined {
  const made = instance as object | null | undefined;
  return (made?.constructor ?? metatype ?? undefined) as
    Type<unknown> | undefined;
}
