import {
  type ConfigurableModuleAsyncOptions,
  type ConfigurableModuleOptionsFactory,
} from '@nestjs/common';
import { type AgentCard } from '@nest-a2a/protocol';
import { type A2AClientOptions } from '../client-options.js';

/** What a client is made of: the options of `A2AClient`, and its agent. */
export interface A2AClientConfiguration extends A2AClientOptions {
  /** The URL of the agent, or of its card. Either this or `card`. */
  readonly url?: string | URL | undefined;
  /** The card itself, of A2A 1.0 or 0.3. Its interfaces have to obey the policy for destinations. */
  readonly card?: AgentCard | Readonly<Record<string, unknown>> | undefined;
}

/** What does not come out of a configuration service. */
export interface A2AClientRegistration {
  /** What `@InjectA2AClient(name)` asks for. @default 'default' */
  readonly name?: string | undefined;
}

/** A client whose configuration is at hand. */
export type NamedClient = A2AClientConfiguration & A2AClientRegistration;

/** Makes the configuration of a client, for `useClass` and `useExisting`. */
export type A2AClientConfigurationFactory = ConfigurableModuleOptionsFactory<
  A2AClientConfiguration,
  'createA2AClientConfiguration'
>;

/** A client whose configuration is made by a factory, as everywhere in Nest. */
export type AsyncNamedClient = ConfigurableModuleAsyncOptions<
  A2AClientConfiguration,
  'createA2AClientConfiguration'
> &
  A2AClientRegistration;

/** Clients, and who may inject them. */
export interface A2AClientModuleOptions<Client> {
  readonly clients: readonly Client[];
  /** Whether every module may inject them, not only those that import this one. @default false */
  readonly isGlobal?: boolean | undefined;
}
