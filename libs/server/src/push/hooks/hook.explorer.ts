import { Inject, Injectable, type Type } from '@nestjs/common';
import {
  ContextIdFactory,
  DiscoveryService,
  MetadataScanner,
  ModuleRef,
} from '@nestjs/core';
import { ON_DEAD_LETTER } from './on-dead-letter.decorator.js';
import { ON_WEBHOOK_DISABLED } from './on-webhook-disabled.decorator.js';
import {
  type DisabledWebhook,
  type WebhookFailure,
} from './webhook-failure.js';

/** What methods can be told, and their metadata key. */
const KINDS = {
  'dead letters': ON_DEAD_LETTER,
  'disabled webhooks': ON_WEBHOOK_DISABLED,
} as const;

/** What a method is told. */
export type HookKind = keyof typeof KINDS;

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
type Told = WebhookFailure | DisabledWebhook;
type Methods = Record<string, (told: Told) => unknown>;

/** A method of the application. */
export interface Hook {
  readonly kind: HookKind;
  /** Class and method, for the log. */
  readonly name: string;
  call(told: Told): Promise<void>;
}

/** Finds the methods that are told of webhooks in trouble among the providers of the application. */
@Injectable()
export class HookExplorer {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  explore(): readonly Hook[] {
    const wrappers = [
      ...this.discovery.getProviders(),
      ...this.discovery.getControllers(),
    ];
    return (
      wrappers
        // Another name of a provider is no other provider.
        .filter(({ isAlias }) => !isAlias)
        .flatMap((wrapper) => this.hooksOf(wrapper))
    );
  }

  private hooksOf(wrapper: Wrapper): Hook[] {
    const type = classOf(wrapper);
    const prototype = type?.prototype as Methods | undefined;
    if (!type || !prototype) {
      return [];
    }
    return this.scanner.getAllMethodNames(prototype).flatMap((method) =>
      kindsOf(prototype[method]).map((kind) => ({
        kind,
        name: `${type.name}.${method}`,
        call: async (told: Told) => {
          const instance = await this.resolve(wrapper, told);
          await instance[method]?.(told);
        },
      })),
    );
  }

  /** The instance for a call: always the same, or one of its own where the class is request-scoped. */
  private async resolve(wrapper: Wrapper, told: Told): Promise<Methods> {
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

function kindsOf(method: unknown): HookKind[] {
  if (typeof method !== 'function') {
    return [];
  }
  const kinds = Object.keys(KINDS) as HookKind[];
  return kinds.filter((kind) => Reflect.hasMetadata(KINDS[kind], method));
}

function classOf({ instance, metatype }: Wrapper): Type<unknown> | undefined {
  const made = instance as object | null | undefined;
  return (made?.constructor ?? metatype ?? undefined) as
    Type<unknown> | undefined;
}
