import { type DynamicModule, Module } from '@nestjs/common';
import { InvalidClientModuleError } from './a2a-client.errors.js';
import {
  type A2AClientModuleOptions,
  type A2AClientRegistration,
  type AsyncNamedClient,
  type NamedClient,
} from './a2a-client.options.js';
import { NamedClientModule } from './named-client.module.js';

/** One client, several, or several and who may inject them. */
export type ClientsOf<Client> =
  Client | readonly Client[] | A2AClientModuleOptions<Client>;

/**
 * Clients of A2A agents. A client reads the card of its agent with its first
 * call, so that the application starts although an agent is down, and is closed
 * with the application.
 *
 * ```ts
 * @Module({
 *   imports: [
 *     A2AClientModule.register([{ name: 'reports', url: 'https://reports.example.com' }]),
 *   ],
 *   providers: [ReportService], // constructor(@InjectA2AClient('reports') client: A2AClient)
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class A2AClientModule {
  /** @throws InvalidClientModuleError for a name that is there twice */
  static register(clients: ClientsOf<NamedClient>): DynamicModule {
    return moduleOf(clients, (client) => NamedClientModule.register(client));
  }

  /** As {@link register}, with configurations that factories make. */
  static registerAsync(clients: ClientsOf<AsyncNamedClient>): DynamicModule {
    return moduleOf(clients, (client) =>
      NamedClientModule.registerAsync(client),
    );
  }
}

function moduleOf<Client extends A2AClientRegistration>(
  given: ClientsOf<Client>,
  toModule: (client: Client & { isGlobal: boolean }) => DynamicModule,
): DynamicModule {
  const { clients, isGlobal = false } = toOptions(given);
  assertNames(clients);
  const imports = clients.map((client) => toModule({ ...client, isGlobal }));
  return { module: A2AClientModule, imports, exports: imports };
}

function toOptions<Client>(
  given: ClientsOf<Client>,
): A2AClientModuleOptions<Client> {
  if (isList(given)) {
    return { clients: given };
  }
  const isWhole =
    typeof given === 'object' && given !== null && 'clients' in given;
  return isWhole ? given : { clients: [given] };
}

// `Array.isArray` does not narrow a union with a readonly list.
function isList<Client>(given: ClientsOf<Client>): given is readonly Client[] {
  return Array.isArray(given);
}

function assertNames(clients: readonly A2AClientRegistration[]): void {
  const names = clients.map(({ name = 'default' }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) {
    throw new InvalidClientModuleError(
      `A2AClientModule: names must differ, but there are several of ${[...new Set(twice)].map((name) => `"${name}"`).join(', ')}`,
    );
  }
}
