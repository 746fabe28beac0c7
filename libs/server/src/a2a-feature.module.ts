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
import { AGENT_OPTION_NAMES } from './options/option-names.js';

const FROM = {
  call: 'A2AModule.forFeature()',
  names: AGENT_OPTION_NAMES,
  options: A2A_FEATURE_OPTIONS,
};

function withAgent(
  definition: DynamicModule,
  extras: AgentExtras,
): DynamicModule {
  return {
    ...definition,
    imports: [...(definition.imports ?? []), ...(extras.imports ?? [])],
    controllers: agentControllers(extras),
    providers: [
      ...(definition.providers ?? []),
      agentProvider(extras, FROM),
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
