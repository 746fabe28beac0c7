import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Inject,
  Module,
  type NestModule,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import {
  DiscoveryModule,
  HttpAdapterHost,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import { refusalOf } from '../webhooks/webhook-answer.js';
import { createWebhookReceiver } from '../webhooks/webhook-receiver.js';
import {
  DEFAULT_WEBHOOK_RECEIVER_OPTIONS,
  type WebhookReceiverOptions,
} from '../webhooks/webhook-receiver-options.js';
import { InvalidWebhookModuleError } from './a2a-webhook.errors.js';
import { A2AWebhookGuard } from './a2a-webhook.guard.js';
import {
  DEFAULT_WEBHOOK_ROUTE,
  type WebhookRouteOptions,
} from './a2a-webhook.options.js';
import {
  A2A_WEBHOOK_OPTIONS,
  A2A_WEBHOOK_RECEIVER,
} from './a2a-webhook.tokens.js';
import { installOnExpress } from './express-raw-body.js';
import { installOnFastify } from './fastify-raw-body.js';
import { NotificationHandlers } from './notification-handlers.service.js';
import { type PlatformResponse } from './platform-request.js';
import { WebhookExchange } from './webhook-exchange.service.js';
import { WebhookLog } from './webhook-log.service.js';
import { WebhookRoutes } from './webhook-routes.service.js';
import { createWebhookController } from './webhook.controller.js';

const HAS_ROUTE = Symbol.for('@nest-a2a/client:WEBHOOK_HAS_ROUTE');

function withReceiver(
  definition: DynamicModule,
  extras: WebhookRouteOptions,
): DynamicModule {
  const { path, decorators } = { ...DEFAULT_WEBHOOK_ROUTE, ...extras };
  return {
    ...definition,
    global: true,
    imports: [...(definition.imports ?? []), DiscoveryModule],
    controllers:
      path === false ? [] : [createWebhookController(path, decorators)],
    providers: [
      ...(definition.providers ?? []),
      { provide: HAS_ROUTE, useValue: path !== false },
      {
        provide: A2A_WEBHOOK_RECEIVER,
        useFactory: createWebhookReceiver,
        inject: [A2A_WEBHOOK_OPTIONS],
      },
      MetadataScanner,
      NotificationHandlers,
      WebhookExchange,
      WebhookLog,
      WebhookRoutes,
      A2AWebhookGuard,
    ],
    exports: [A2A_WEBHOOK_RECEIVER, A2AWebhookGuard, WebhookLog],
  };
}

const { ConfigurableModuleClass } =
  new ConfigurableModuleBuilder<WebhookReceiverOptions>({
    optionsInjectionToken: A2A_WEBHOOK_OPTIONS,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createA2AWebhookOptions')
    .setExtras<WebhookRouteOptions>(DEFAULT_WEBHOOK_ROUTE, withReceiver)
    .build();

/**
 * Receives webhooks of A2A agents. Import it once, with `forRoot` or
 * `forRootAsync`; providers handle notifications with `@OnPushNotification()`.
 * Nothing is needed in `main.ts`: bodies are verified over the bytes that came.
 *
 * ```ts
 * @Module({
 *   imports: [A2AWebhookModule.forRoot({ path: 'webhook', token: 'my-secret-token' })],
 *   providers: [Reports],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class A2AWebhookModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnModuleDestroy
{
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(WebhookRoutes) private readonly routes: WebhookRoutes,
    @Inject(WebhookExchange) private readonly exchange: WebhookExchange,
    @Inject(NotificationHandlers)
    private readonly handlers: NotificationHandlers,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(A2A_WEBHOOK_OPTIONS)
    private readonly options: WebhookReceiverOptions,
    @Inject(HAS_ROUTE) private readonly hasRoute: boolean,
  ) {
    super();
  }

  /** Nest calls it before it registers the routes of the application. */
  configure(): void {
    this.assertSingle();
    const adapter: HttpAdapterHost['httpAdapter'] | undefined =
      this.host.httpAdapter;
    if (!adapter) {
      return;
    }
    const isFastify = adapter.getType() === 'fastify';
    const install = isFastify ? installOnFastify : installOnExpress;
    install(adapter, {
      routes: this.routes.all(),
      maxBodyBytes:
        this.options.maxBodyBytes ??
        DEFAULT_WEBHOOK_RECEIVER_OPTIONS.maxBodyBytes,
      onError: (error, response) =>
        this.exchange.write(response as PlatformResponse, refusalOf(error)),
    });
  }

  /** @throws InvalidWebhookModuleError where nothing handles what the route receives */
  onModuleInit(): void {
    const count = this.handlers.explore();
    if (count === 0 && this.hasRoute) {
      throw new InvalidWebhookModuleError(
        'A2AWebhookModule receives webhooks that nothing handles. Decorate a method of a provider with ' +
          '@OnPushNotification(), or set path: false and use A2AWebhookGuard on a controller of your own.',
      );
    }
  }

  /** What is being handled is finished before the connections of the application are closed. */
  onModuleDestroy(): Promise<void> {
    return this.exchange.close();
  }

  /** Each would call every handler. */
  private assertSingle(): void {
    const count = [...this.modules.values()].filter(
      ({ metatype }) => metatype === A2AWebhookModule,
    ).length;
    if (count > 1) {
      throw new InvalidWebhookModuleError(
        `A2AWebhookModule was imported ${count} times. Import it once: its token may be a function, it takes ` +
          'several keys, and a path with ":source" tells senders apart.',
      );
    }
  }
}
