import {
  type BeforeApplicationShutdown,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Inject,
  Module,
} from '@nestjs/common';
import { A2AClient } from '../a2a-client.js';
import { InvalidClientModuleError } from './a2a-client.errors.js';
import {
  type A2AClientConfiguration,
  type A2AClientRegistration,
} from './a2a-client.options.js';
import {
  A2A_CLIENT_CONFIGURATION,
  A2A_OWN_CLIENT,
  getA2AClientToken,
} from './a2a-client.tokens.js';
import { parseConfiguration } from './parse-configuration.js';

const CLIENT_NAME = Symbol.for('@nest-a2a/client:CLIENT_NAME');

/** What the module of one client is registered with besides its configuration. */
export interface NamedClientExtras extends A2AClientRegistration {
  readonly isGlobal?: boolean | undefined;
}

function withClient(
  definition: DynamicModule,
  { name = 'default', isGlobal = false }: NamedClientExtras,
): DynamicModule {
  const token = getA2AClientToken(name);
  return {
    ...definition,
    global: isGlobal,
    providers: [
      ...(definition.providers ?? []),
      { provide: CLIENT_NAME, useValue: name },
      {
        provide: token,
        useFactory: createClient,
        inject: [CLIENT_NAME, A2A_CLIENT_CONFIGURATION],
      },
      { provide: A2A_OWN_CLIENT, useExisting: token },
    ],
    exports: [token],
  };
}

/** @throws InvalidClientModuleError for a configuration that makes no sense */
function createClient(
  name: string,
  configuration: A2AClientConfiguration,
): A2AClient {
  try {
    const { target, options } = parseConfiguration(configuration);
    return A2AClient.create(target, options);
  } catch (cause) {
    throw new InvalidClientModuleError(
      `The A2A client "${name}" cannot be made: ${(cause as Error).message}`,
      { cause },
    );
  }
}

const { ConfigurableModuleClass } =
  new ConfigurableModuleBuilder<A2AClientConfiguration>({
    optionsInjectionToken: A2A_CLIENT_CONFIGURATION,
    // Nest 10 takes modules for one whose metadata are the same as text, and
    // credentials and closures are not in it.
    alwaysTransient: true,
  })
    .setFactoryMethodName('createA2AClientConfiguration')
    // Only what is named here is kept out of the configuration.
    .setExtras<NamedClientExtras>(
      { name: 'default', isGlobal: false },
      withClient,
    )
    .build();

/** One client. `A2AClientModule` imports one for each that it is told of. */
@Module({})
export class NamedClientModule
  extends ConfigurableModuleClass
  implements BeforeApplicationShutdown
{
  constructor(
    // What replaces it in a test may have nothing to close, or be nothing.
    @Inject(A2A_OWN_CLIENT)
    private readonly client: Partial<A2AClient> | null | undefined,
  ) {
    super();
  }

  /**
   * After the turns of an agent are done, which may call others, and before the
   * connections of the application are closed, which may wait for a stream.
   */
  async beforeApplicationShutdown(): Promise<void> {
    await this.client?.close?.();
  }
}
