import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { A2AClient, bearer } from '@nest-a2a/client';
import {
  A2AClientModule,
  getA2AClientToken,
  InjectA2AClient,
} from '@nest-a2a/client/nest';
import { LogCollector } from '../support/log-collector.js';
import { assertNothingLeftOpen, openHandles } from '../support/open-handles.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';

let agent: TestAgent;

beforeEach(async () => {
  agent = await startAgent();
});

afterEach(() => agent.close());

/** Nest's own way to start what has no HTTP server. */
async function contextOf(metadata: ModuleMetadata) {
  class AppModule {}
  Module(metadata)(AppModule);
  return NestFactory.createApplicationContext(AppModule, {
    logger: false,
    abortOnError: false,
  });
}

@Injectable()
class Asker {
  constructor(
    @InjectA2AClient() readonly first: A2AClient,
    @InjectA2AClient('second') readonly second: A2AClient,
  ) {}
}

@Injectable()
class Settings {
  readonly agentUrl = agent.url;

  createA2AClientConfiguration() {
    return { url: this.agentUrl, versions: ['0.3'] as const };
  }
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

function codeOf({ code }: { code: string }): string {
  return code;
}

describe('A2AClientModule', () => {
  it('injects clients by their names, and closes them with the application', async () => {
    const app = await contextOf({
      imports: [
        A2AClientModule.register([
          { url: agent.url, binding: 'HTTP+JSON' },
          { name: 'second', url: agent.url, versions: ['0.3'] },
        ]),
      ],
      providers: [Asker],
    });
    const { first, second } = app.get(Asker);
    expect((await first.send('a')).text).toBe('echo: a');
    expect((await second.send('b')).text).toBe('echo: b');
    expect(first.agentInterface.protocolBinding).toBe('HTTP+JSON');
    expect(second.agentInterface.protocolVersion).toBe('0.3');
    await app.close();
    for (const client of [first, second]) {
      await expect(client.send('c')).rejects.toMatchObject({ code: 'closed' });
    }
  });

  it.each([
    ['useFactory', { useFactory: () => ({ url: agent.url }) }],
    [
      'useFactory with a configuration service',
      {
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: ({ agentUrl }: Settings) =>
          Promise.resolve({ url: agentUrl }),
      },
    ],
    ['useClass', { useClass: Settings }],
    ['useExisting', { imports: [SettingsModule], useExisting: Settings }],
  ])('takes configurations from %s', async (_, configuration) => {
    const app = await contextOf({
      imports: [A2AClientModule.registerAsync({ name: 'x', ...configuration })],
    });
    const client = app.get<A2AClient>(getA2AClientToken('x'), {
      strict: false,
    });
    expect((await client.send('a')).text).toBe('echo: a');
    await app.close();
  });

  it('starts although an agent is down, and finds it when it is up', async () => {
    const { url } = agent;
    const port = Number(new URL(url).port);
    await agent.close();
    const app = await contextOf({
      imports: [A2AClientModule.register({ url, retry: false })],
    });
    const client = app.get<A2AClient>(getA2AClientToken(), { strict: false });
    await expect(client.send('a')).rejects.toMatchObject({
      code: 'connection-failed',
    });
    agent = await startAgent({ port });
    expect((await client.send('a')).text).toBe('echo: a');
    await app.close();
  });

  it.each([
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter()],
  ])(
    'ends open streams when the application closes, on %s',
    async (_, adapter) => {
      agent.worker.on('wait', (context) => context.requestInput('And?'));
      let lost: Promise<unknown> = Promise.resolve();

      @Controller()
      class Relay {
        constructor(
          @Inject(getA2AClientToken()) private readonly client: A2AClient,
        ) {}

        /** Answers when the stream of the agent ends. */
        @Get()
        async relay() {
          const { taskId } = await this.client.send('wait');
          const events = this.client.subscribe(taskId);
          await events.next();
          opened();
          const end = (async () => {
            for await (const event of events) void event;
          })().catch((error: { code: string }) => error.code);
          lost = end;
          return { end: await end };
        }
      }
      let opened: () => void = () => undefined;
      const isOpen = new Promise<void>((resolve) => (opened = resolve));

      class AppModule {}
      Module({
        imports: [A2AClientModule.register({ url: agent.url })],
        controllers: [Relay],
      })(AppModule);
      const app = await NestFactory.create(AppModule, adapter(), {
        logger: false,
      });
      await app.listen(0, '127.0.0.1');
      const response = fetch(await app.getUrl()).catch(() => undefined);
      await isOpen;
      await app.close();
      expect(await lost).toBe('closed');
      await response;
    },
  );

  const firstCalls: [string, (client: A2AClient) => Promise<unknown>][] = [
    ['stream', (client) => client.stream('hi').next()],
    ['streamText', (client) => client.streamText('hi').next()],
    ['waitFor', (client) => client.waitFor('nowhere').catch(codeOf)],
    ['subscribe', (client) => client.subscribe('x').next().catch(codeOf)],
    ['listPushConfigs', (client) => client.listPushConfigs('x').catch(codeOf)],
    [
      'send with a webhook',
      (client) => client.send('hi', { pushUrl: 'http://127.0.0.1:9/' }),
    ],
    ['getExtendedCard', (client) => client.getExtendedCard().catch(codeOf)],
  ];

  it.each(firstCalls)(
    'connects with whatever is called first: %s',
    async (_, call) => {
      const app = await contextOf({
        imports: [A2AClientModule.register({ url: agent.url })],
      });
      const client = app.get<A2AClient>(getA2AClientToken(), { strict: false });
      expect(await call(client)).not.toBe('not-connected');
      expect(client.agentName).toBe('Test Agent');
      await app.close();
    },
  );

  it('is replaceable in tests, and opens nothing then', async () => {
    const fake = { send: () => Promise.resolve({ text: 'canned' }) };
    const module = await Test.createTestingModule({
      imports: [
        A2AClientModule.register({ name: 'x', url: 'http://a.example' }),
      ],
    })
      .overrideProvider(getA2AClientToken('x'))
      .useValue(fake)
      .compile();
    await module.init();
    const client = module.get<A2AClient>(getA2AClientToken('x'), {
      strict: false,
    });
    expect((await client.send('a')).text).toBe('canned');
    await module.close();
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['what cannot be closed', {}],
  ])('shuts down where %s has taken its place', async (_, fake) => {
    const logs = new LogCollector();
    const module = await Test.createTestingModule({
      imports: [A2AClientModule.register({ url: 'http://a.example' })],
    })
      .setLogger(logs)
      .overrideProvider(getA2AClientToken())
      .useValue(fake)
      .compile();
    await module.init();
    await module.close();
    expect(logs.troubles).toEqual([]);
  });

  it('keeps the clients of two modules and two applications apart', async () => {
    const other = await startAgent({
      options: { agentCard: { ...CARD, name: 'Other' } },
    });
    @Module({
      imports: [A2AClientModule.register({ url: agent.url })],
      providers: [{ provide: 'A', useExisting: getA2AClientToken() }],
      exports: ['A'],
    })
    class A {}
    @Module({
      imports: [A2AClientModule.register({ url: other.url })],
      providers: [{ provide: 'B', useExisting: getA2AClientToken() }],
      exports: ['B'],
    })
    class B {}
    const apps = [
      await contextOf({ imports: [A, B] }),
      await contextOf({ imports: [B, A] }),
    ];
    const clients = apps.flatMap((app) => [
      app.get<A2AClient>('A', { strict: false }),
      app.get<A2AClient>('B', { strict: false }),
    ]);
    expect(new Set(clients).size).toBe(4);
    await Promise.all(clients.map((client) => client.ready()));
    const names = clients.map(({ agentName }) => agentName);
    expect(names[1]).toBe('Other');
    expect(names).toEqual([names[0], 'Other', names[0], 'Other']);
    await apps[0]?.close();
    expect((await clients[2]?.send('a'))?.text).toBe('echo: a');
    await apps[1]?.close();
    await other.close();
  });

  it.each([
    [
      'register',
      (secret: string) =>
        A2AClientModule.register({
          url: agent.url,
          credentials: [bearer(secret)],
        }),
    ],
    [
      'registerAsync',
      (secret: string) =>
        A2AClientModule.registerAsync({
          useFactory: () => ({
            url: agent.url,
            credentials: [bearer(secret)],
          }),
        }),
    ],
  ])(
    'keeps clients apart that look the same as text, by %s, also with the modules of Nest 10',
    async (_, clientsWith) => {
      const secrets = ['one', 'two'];
      const imports = secrets.map((secret) => {
        class Feature {}
        const client = { provide: secret, useExisting: getA2AClientToken() };
        Module({ imports: [clientsWith(secret)], providers: [client] })(
          Feature,
        );
        return Feature;
      });
      class AppModule {}
      Module({ imports })(AppModule);
      const app = await NestFactory.createApplicationContext(AppModule, {
        logger: false,
        moduleIdGeneratorAlgorithm: 'deep-hash',
      });
      const [one, two] = secrets.map((secret) =>
        app.get<A2AClient>(secret, { strict: false }),
      );
      expect(one).not.toBe(two);
      await app.close();
    },
  );

  it('may be for every module', async () => {
    @Module({ providers: [Asker] })
    class Feature {}
    const clients = [{ url: agent.url }, { name: 'second', url: agent.url }];
    const app = await contextOf({
      imports: [A2AClientModule.register({ clients, isGlobal: true }), Feature],
    });
    expect(app.get(Asker, { strict: false }).second).toBeInstanceOf(A2AClient);
    await app.close();
  });

  it('takes lists of factories, for every module too, and leaves nothing open', async () => {
    @Module({ providers: [Asker] })
    class Feature {}
    const useFactory = () => ({ url: agent.url });
    const clients = [{ useFactory }, { name: 'second', useFactory }];
    const before = openHandles();
    const app = await contextOf({
      imports: [
        A2AClientModule.registerAsync({ clients, isGlobal: true }),
        Feature,
      ],
    });
    const { first, second } = app.get(Asker, { strict: false });
    agent.worker.on('wait', (context) => context.requestInput('And?'));
    const { taskId } = await first.send('wait');
    const events = second.subscribe(taskId);
    await events.next();
    const rest = events.next().catch(codeOf);
    await app.close();
    expect(await rest).toBe('closed');
    await assertNothingLeftOpen(before);
  });

  it('refuses names that are there twice', () => {
    const client = { name: 'x', url: agent.url };
    expect(() => A2AClientModule.register([client, client])).toThrow(
      expect.objectContaining({
        code: 'INVALID_CLIENT_MODULE',
        message: expect.stringContaining('"x"'),
      }),
    );
    const unnamed = { url: agent.url };
    expect(() => A2AClientModule.register([unnamed, unnamed])).toThrow(
      '"default"',
    );
  });

  it.each<[string, object]>([
    ['neither url nor card', {}],
    ['a URL that is none', { url: 'nowhere' }],
    ['both url and card', { url: 'http://a.example', card: {} }],
    [
      'an option that makes no sense',
      { url: 'http://a.example', timeoutMs: 0 },
    ],
  ])(
    'refuses to start with %s, and says which client it is',
    async (_, options) => {
      const name = 'reports';
      const refusal = {
        name: 'InvalidClientModuleError',
        message: expect.stringContaining('"reports"'),
      };
      for (const clients of [
        A2AClientModule.register({ name, ...options }),
        A2AClientModule.registerAsync({ name, useFactory: () => options }),
      ]) {
        const starting = contextOf({ imports: [clients] });
        await expect(starting).rejects.toMatchObject(refusal);
      }
    },
  );

  it('says which client it is whose factory answers nothing', async () => {
    const useFactory = () => undefined as unknown as { url: string };
    const clients = A2AClientModule.registerAsync({ name: 'x', useFactory });
    await expect(contextOf({ imports: [clients] })).rejects.toThrow(
      'The A2A client "x" cannot be made: its configuration must be an object',
    );
  });
});
