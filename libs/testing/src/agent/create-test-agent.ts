import { type AddressInfo, type Server } from 'node:net';
import { A2AClient } from '@nest-a2a/client';
import {
  A2A_CLOCK,
  A2AModule,
  type A2AModuleOptions,
  type AgentExtras,
} from '@nest-a2a/server';
import { type Clock, systemClock } from '@nest-a2a/store';
import { type INestApplication } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { bindWorker } from './bind-worker.js';
import { connectInProcess } from './in-process-client.js';
import { startApplication } from './start-application.js';
import { TestAgent } from './test-agent.js';
import {
  type TestAgentOptions,
  type TestedWorker,
} from './test-agent-options.js';

/** What an agent under test is, where the test says nothing else. */
const DEFAULTS = Object.freeze({
  agentCard: Object.freeze({
    name: 'Agent under test',
    description: 'Does what its worker does.',
    version: '0.0.0',
    capabilities: Object.freeze({ streaming: true, pushNotifications: true }),
  }),
  push: Object.freeze({ allowHttp: true, allowPrivateNetworks: true }),
  drainMs: 0,
});

/**
 * Starts an application whose agent has this worker, in memory, and a client
 * that talks to it: through guards, bindings and streams, over HTTP, but without
 * a port unless `port` says so. Close it.
 *
 * ```ts
 * const agent = await createTestAgent(EchoWorker);
 * const task = await agent.send('Hello');
 * await agent.close();
 * ```
 *
 * @throws TypeError for what is no worker; what the application fails to start with
 */
export async function createTestAgent<C extends Clock = Clock>(
  worker: TestedWorker,
  options: TestAgentOptions<C> = {},
): Promise<TestAgent<C>> {
  const { a2a = {}, port, client: clientOptions } = options;
  const { agent, provider } = bindWorker(worker);
  const module = await compile(
    provider,
    { ...a2a, ...(agent && { agent }) },
    options,
  );
  const app = create(module, options);
  try {
    options.setUp?.(app);
    await startApplication(app, port);
    const path = a2a.path ?? '';
    const url = urlOf(app, path);
    const client = await (port === undefined
      ? connectInProcess(app, path, clientOptions)
      : A2AClient.connect(url, clientOptions));
    const clock = options.clock ?? (systemClock as C);
    return new TestAgent({ app, client, url, clock });
  } catch (error) {
    await app.close();
    throw error;
  }
}

function compile<C extends Clock>(
  worker: ReturnType<typeof bindWorker>['provider'],
  a2a: Partial<A2AModuleOptions & AgentExtras>,
  {
    imports = [],
    controllers = [],
    providers = [],
    clock,
    override,
  }: TestAgentOptions<C>,
): Promise<TestingModule> {
  const push = { ...DEFAULTS.push, ...a2a.push };
  const root = A2AModule.forRoot({ ...DEFAULTS, ...a2a, push });
  const module = Test.createTestingModule({
    imports: [...imports, root],
    controllers,
    providers: [...providers, worker],
  });
  const timed = clock
    ? module.overrideProvider(A2A_CLOCK).useValue(clock)
    : module;
  return (override?.(timed) ?? timed).compile();
}

function create<C extends Clock>(
  module: TestingModule,
  { adapter, logger = false }: TestAgentOptions<C>,
): INestApplication {
  // Connections that a test leaves open would keep the server open.
  const settings = { logger, forceCloseConnections: true };
  return adapter
    ? module.createNestApplication(adapter, settings)
    : module.createNestApplication(settings);
}

function urlOf(app: INestApplication, path: string): string {
  const address = (
    app.getHttpServer() as Server
  ).address() as AddressInfo | null;
  const origin = address
    ? `http://127.0.0.1:${address.port}`
    : 'http://localhost';
  const base = path.replace(/^\/+|\/+$/g, '');
  return base === '' ? origin : `${origin}/${base}`;
}
