import { Inject, Injectable, Logger, type Type } from '@nestjs/common';
import {
  ContextIdFactory,
  DiscoveryService,
  MetadataScanner,
  ModuleRef,
} from '@nestjs/core';
import { type WebhookNotification } from '../webhooks/webhook-notification.js';
import { ON_PUSH_NOTIFICATION } from './on-push-notification.decorator.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
type Methods = Record<string, (notification: WebhookNotification) => unknown>;

/** A method of the application that handles notifications. */
interface BoundHandler {
  /** Class and method, for the log. */
  readonly name: string;
  call(notification: WebhookNotification): Promise<void>;
}

/** Finds the methods that handle notifications among the providers of the application, and calls them. */
@Injectable()
export class NotificationHandlers {
  private readonly logger = new Logger('A2AWebhookModule');
  private handlers: readonly BoundHandler[] = [];

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  /** @returns how many there are */
  explore(): number {
    const wrappers = [
      ...this.discovery.getProviders(),
      ...this.discovery.getControllers(),
    ];
    this.handlers = wrappers
      // Another name of a provider is no other provider.
      .filter(({ isAlias }) => !isAlias)
      .flatMap((wrapper) => this.handlersOf(wrapper));
    for (const { name } of this.handlers) {
      this.logger.log(`Webhooks -> ${name}`);
    }
    return this.handlers.length;
  }

  /**
   * Calls all handlers and waits until all of them have finished.
   *
   * @throws what one of them has thrown
   */
  async notify(notification: WebhookNotification): Promise<void> {
    const results = await Promise.allSettled(
      this.handlers.map(async (handler) => handler.call(notification)),
    );
    const failures = results.flatMap((result, i) =>
      result.status === 'rejected'
        ? [{ name: this.handlers[i]?.name, reason: result.reason as unknown }]
        : [],
    );
    for (const { name, reason } of failures) {
      this.logger.error(
        `${name} failed for the webhook ${describe(notification)}. ` +
          'It is answered with 500: the sender tries again, and all handlers are called again.',
        reason instanceof Error ? reason.stack : String(reason),
      );
    }
    if (failures[0]) {
      throw failures[0].reason;
    }
  }

  private handlersOf(wrapper: Wrapper): BoundHandler[] {
    const type = classOf(wrapper);
    const prototype = type?.prototype as Methods | undefined;
    if (!type || !prototype) {
      return [];
    }
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((name) => isHandler(prototype[name]))
      .map((method) => ({
        name: `${type.name}.${method}`,
        call: async (notification: WebhookNotification) => {
          const instance = await this.resolve(wrapper, notification);
          await instance[method]?.(notification);
        },
      }));
  }

  /** The instance for a notification: always the same, or one of its own where the class is request-scoped. */
  private async resolve(
    wrapper: Wrapper,
    notification: WebhookNotification,
  ): Promise<Methods> {
    if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
      return wrapper.instance as Methods;
    }
    const id = ContextIdFactory.create();
    // What request-scoped providers get as REQUEST.
    this.moduleRef.registerRequestByContextId(notification, id);
    const token = wrapper.token as Type<Methods>;
    return this.moduleRef.resolve(token, id, { strict: false });
  }
}

/** A webhook in words for the log. Its task has whatever name its sender chose. */
export function describe({ id, taskId }: WebhookNotification): string {
  const task = JSON.stringify(taskId.slice(0, 100));
  return `${id ?? '(without id)'} of task ${task}`;
}

function isHandler(method: unknown): boolean {
  return (
    typeof method === 'function' &&
    Reflect.hasMetadata(ON_PUSH_NOTIFICATION, method)
  );
}

function classOf({ instance, metatype }: Wrapper): Type<unknown> | undefined {
  const made = instance as object | null | undefined;
  return (made?.constructor ?? metatype ?? undefined) as
    Type<unknown> | undefined;
}
