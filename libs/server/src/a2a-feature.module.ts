import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { A2A_FEATURE_OPTIONS } from './a2a.tokens.js';
import {
  agentControllers,
  agentProvider,
  DEFAULT_EXTRAS,
  grpcProviders,
} from './agent.parts.js';
import {
  type AgentExtras,
  type AgentOptions,
} from './options/a2a-module-options.js';

const CALL = 'A2AModule.forFeature()';

function withAgent(
  definition: DynamicModule,
  extras: AgentExtras,
): DynamicModule {
  const from = { call: CALL, options: A2A_FEATURE_OPTIONS };
  return {
    ...definition,
    imports: [...(definition.imports ?? []), ...(extras.imports ?? [])],
    controllers: agentControllers(extras),
    providers: [
      ...(definition.providers ?? []),
      agentProvider(extras, from),
      ...grpcProviders(extras),
    ],
  };
}

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<AgentOptions>(
  {
    optionsInjectionToken: A2A_FEATURE_OPTIONS,
  },
)
  .setClassMethodName('forFeature')
  .setFactoryMethodName('createAgentOptions')
  .setExtras(DEFAULT_EXTRAS, withAgent)
  .build();

/** A further agent of an application. Imported by `A2AModule.forFeature`. */
@Module({})
export class A2AFeatureModule extends ConfigurableModuleClass {}
