import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Inject,
  Module,
  type NestModule,
  type OnModuleInit,
} from '@nestjs/common';
import {
  DiscoveryModule,
  HttpAdapterHost,
  ModulesContainer,
} from '@nestjs/core';
import { A2AFeatureModule } from './a2a-feature.module.js';
import { A2A_OPTIONS } from './a2a.tokens.js';
import {
  agentControllers,
  agentProvider,
  DEFAULT_EXTRAS,
  grpcProviders,
} from './agent.parts.js';
import { DuplicateAgentError } from './agents/agent.errors.js';
import { checkAgent } from './agents/resolve-agent.js';
import { HttpSetup } from './bindings/http/http-setup.service.js';
import { CORE_EXPORTS, CORE_PROVIDERS } from './core.providers.js';
import {
  type A2AModuleOptions,
  type AgentExtras,
} from './options/a2a-module-options.js';
import { MODULE_OPTION_NAMES } from './options/option-names.js';
import { resolveOptions } from './options/resolve-options.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from './options/resolved-options.js';

const FROM = {
  call: 'A2AModule.forRoot()',
  names: MODULE_OPTION_NAMES,
  options: A2A_OPTIONS,
};

function withRuntime(
  definition: DynamicModule,
  extras: AgentExtras,
): DynamicModule {
  return {
    ...definition,
    global: true,
    imports: [
      ...(definition.imports ?? []),
      ...(extras.imports ?? []),
      DiscoveryModule,
    ],
    controllers: agentControllers(extras),
    providers: [
      ...(definition.providers ?? []),
      {
        provide: RESOLVED_OPTIONS,
        useFactory: (options: A2AModuleOptions) => {
          const { problems } = checkAgent(options, extras, FROM.names);
          return resolveOptions(options, extras, problems);
        },
        inject: [A2A_OPTIONS],
      },
      ...CORE_PROVIDERS,
      agentProvider(extras, FROM),
      ...grpcProviders(extras),
    ],
    exports: CORE_EXPORTS,
  };
}

const { ConfigurableModuleClass } =
  new ConfigurableModuleBuilder<A2AModuleOptions>({
    optionsInjectionToken: A2A_OPTIONS,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createA2AOptions')
    .setExtras(DEFAULT_EXTRAS, withRuntime)
    .build();

/**
 * Makes a Nest application an A2A agent. Import it once, with `forRoot` or
 * `forRootAsync`; `forFeature` adds further agents. The worker of an agent is a
 * provider of the application, see `A2AWorker`.
 *
 * ```ts
 * @Module({
 *   imports: [
 *     A2AModule.forRoot({
 *       agentCard: { name: 'Echo', description: 'Says it again.', version: '1.0.0' },
 *     }),
 *   ],
 *   providers: [EchoWorker],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class A2AModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit
{
  constructor(
    @Inject(HttpSetup) private readonly http: HttpSetup,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    super();
    assertSingle(modules);
  }

  /**
   * Adds a further agent, with a name and a path of its own. It shares the
   * runtime of `forRoot`.
   */
  static forFeature(
    options: Parameters<typeof A2AFeatureModule.forFeature>[0],
  ): DynamicModule {
    return A2AFeatureModule.forFeature(options);
  }

  /** Adds a further agent whose options come from a factory or a class. */
  static forFeatureAsync(
    options: Parameters<typeof A2AFeatureModule.forFeatureAsync>[0],
  ): DynamicModule {
    return A2AFeatureModule.forFeatureAsync(options);
  }

  /** Nest calls it before it registers the routes of the application. */
  configure(): void {
    if (this.servesHttp) {
      this.http.beforeRoutes();
    } else if (this.host.httpAdapter as unknown) {
      this.http.placeAgents();
    }
  }

  /** Nest calls it after it has registered the routes of the application. */
  onModuleInit(): void {
    if (this.servesHttp) {
      this.http.afterRoutes();
    }
  }

  private get servesHttp(): boolean {
    const adapter: unknown = this.host.httpAdapter;
    return adapter !== undefined && this.options.roles.includes('api');
  }
}

/** Two runtimes in one application would each hold half of its tasks. */
function assertSingle(modules: ModulesContainer): void {
  const roots = [...modules.values()].filter(
    ({ metatype }) => metatype === A2AModule,
  );
  if (roots.length > 1) {
    throw new DuplicateAgentError(
      `A2AModule.forRoot() was imported ${roots.length} times`,
      'Import it once; A2AModule.forFeature() adds further agents.',
    );
  }
}
