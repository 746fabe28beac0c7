import {
  type CanActivate,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  type Provider,
  Scope,
} from '@nestjs/common';
import { NestFactory, REQUEST } from '@nestjs/core';
import {
  A2A_WORKER,
  A2AModule,
  type A2AModuleOptions,
  A2AWorker,
  getWorkerToken,
  type TaskContext,
  TaskService,
  type Worker,
} from '@nest-a2a/server';
import { httpJson, jsonRpc, sendParams } from '../support/a2a-http.js';
import { expectRefusal } from '../support/refusals.js';
import { CARD } from '../support/test-agent.js';
import {
  startHost,
  type TestHost,
  type TestHostOptions,
} from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

@A2AWorker()
class EchoWorker implements Worker {
  async handle(context: TaskContext): Promise<void> {
    await context.complete(`echo: ${context.userText}`);
  }
}

/** The same without the decorator, bound by its token. */
class PlainWorker implements Worker {
  handle(context: TaskContext): Promise<void> {
    return context.complete(`plain: ${context.userText}`);
  }
}

const ROOT = A2AModule.forRoot(onTestStore({ agentCard: CARD }));

describe('A2AModule', () => {
  let host: TestHost;

  async function start(
    metadata: ModuleMetadata,
    options?: TestHostOptions,
  ): Promise<void> {
    host = await startHost(metadata, options);
  }

  afterEach(() => host.close());

  async function ask(text = 'hi', path = ''): Promise<string> {
    const answer = await jsonRpc.call(
      host.url + path,
      'SendMessage',
      sendParams(text),
    );
    return answer.body.result.task.artifacts[0].parts[0].text;
  }

  async function cardName(path = ''): Promise<string> {
    const url = `${host.url}${path}/.well-known/agent-card.json`;
    const card = (await (await fetch(url)).json()) as { name: string };
    return card.name;
  }

  describe('finds the worker', () => {
    it('by its decorator, in any module', async () => {
      class WorkerModule {}
      Module({ providers: [EchoWorker], exports: [EchoWorker] })(WorkerModule);
      class OtherModule {}
      Module({ imports: [WorkerModule] })(OtherModule);
      await start({ imports: [ROOT, WorkerModule, OtherModule] });
      expect(await ask()).toBe('echo: hi');
    });

    it.each([
      ['useClass', { useClass: PlainWorker }],
      ['useValue', { useValue: new PlainWorker() }],
      ['useFactory', { useFactory: async () => new PlainWorker() }],
    ])('by A2A_WORKER with %s', async (_how, binding) => {
      await start({
        imports: [ROOT],
        providers: [{ provide: A2A_WORKER, ...binding }],
      });
      expect(await ask()).toBe('plain: hi');
    });

    it.each([
      ['plain', PlainWorker],
      ['echo', EchoWorker],
    ])(
      'by A2A_WORKER with useExisting, once (%s)',
      async (word, useExisting) => {
        await start({
          imports: [ROOT],
          providers: [useExisting, { provide: A2A_WORKER, useExisting }],
        });
        expect(await ask()).toBe(`${word}: hi`);
      },
    );

    it('by A2A_WORKER with useClass where the class is decorated too', async () => {
      const provider = { provide: A2A_WORKER, useClass: EchoWorker };
      await start({ imports: [ROOT], providers: [provider] });
      expect(await ask()).toBe('echo: hi');
    });

    it('by the decorator on the class of a value or of what a factory makes', async () => {
      const provider = { provide: 'ANY', useFactory: () => new EchoWorker() };
      await start({ imports: [ROOT], providers: [provider] });
      expect(await ask()).toBe('echo: hi');
    });

    it('and gives it what it injects', async () => {
      @Injectable()
      class Sales {
        readonly figure = '4.2M';
      }

      @A2AWorker()
      class SalesWorker implements Worker {
        constructor(private readonly sales: Sales) {}

        handle(context: TaskContext): Promise<void> {
          return context.complete(this.sales.figure);
        }
      }
      await start({ imports: [ROOT], providers: [Sales, SalesWorker] });
      expect(await ask()).toBe('4.2M');
    });
  });

  describe('makes for each turn', () => {
    const scoped = (scope: Scope) => Injectable({ scope });

    /** A worker that says which of its instances works. */
    function countingWorker(...decorators: ClassDecorator[]) {
      let instances = 0;
      class CountingWorker implements Worker {
        private readonly number = (instances += 1);

        handle(context: TaskContext): Promise<void> {
          return context.complete(`${this.number}`);
        }
      }
      decorators.forEach((decorate) => decorate(CountingWorker));
      return CountingWorker;
    }

    /** How many instances work on three messages. */
    async function instances(...providers: Provider[]): Promise<number> {
      await start({ imports: [ROOT], providers });
      const numbers = [await ask('a'), await ask('b'), await ask('c')];
      return new Set(numbers).size;
    }

    it.each([
      ['the one instance of a singleton', Scope.DEFAULT, 1],
      ['an instance of a request-scoped class', Scope.REQUEST, 3],
      ['an instance of a transient class', Scope.TRANSIENT, 3],
    ])('%s', async (_what, scope, expected) => {
      const useClass = countingWorker(scoped(scope));
      const provider = { provide: A2A_WORKER, useClass };
      expect(await instances(provider)).toBe(expected);
    });

    it.each([
      ['above', [scoped(Scope.REQUEST), A2AWorker()]],
      ['below', [A2AWorker(), scoped(Scope.REQUEST)]],
    ])(
      'an instance of a request-scoped class with @A2AWorker() %s its scope',
      async (_where, decorators) => {
        expect(await instances(countingWorker(...decorators))).toBe(3);
      },
    );

    it('an instance of a request-scoped class that A2A_WORKER stands for', async () => {
      const useExisting = countingWorker(scoped(Scope.REQUEST), A2AWorker());
      const alias = { provide: A2A_WORKER, useExisting };
      expect(await instances(useExisting, alias)).toBe(3);
    });

    it('what request-scoped dependencies get as their request: the context of the turn', async () => {
      @Injectable({ scope: Scope.REQUEST })
      class Tenancy {
        constructor(@Inject(REQUEST) readonly request: TaskContext) {}
      }

      @A2AWorker()
      class TenantWorker implements Worker {
        constructor(private readonly tenancy: Tenancy) {}

        handle(context: TaskContext): Promise<void> {
          const isSame = this.tenancy.request === context;
          return context.complete(`${isSame} ${context.userText}`);
        }
      }
      await start({ imports: [ROOT], providers: [Tenancy, TenantWorker] });
      expect(await Promise.all([ask('a'), ask('b')])).toEqual([
        'true a',
        'true b',
      ]);
    });
  });

  describe('takes its options', () => {
    @Injectable()
    class Settings {
      readonly name = 'From Settings';

      createA2AOptions(): A2AModuleOptions {
        return onTestStore({ agentCard: { ...CARD, name: this.name } });
      }
    }

    class SettingsModule {}
    Module({ providers: [Settings], exports: [Settings] })(SettingsModule);

    const providers = [EchoWorker];

    it.each([
      [
        'a factory with what it injects',
        {
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: async (settings: Settings) => settings.createA2AOptions(),
        },
      ],
      ['a class', { useClass: Settings }],
      [
        'a provider that is there',
        { imports: [SettingsModule], useExisting: Settings },
      ],
    ])('from %s, its path beside them', async (_from, options) => {
      const module = A2AModule.forRootAsync({ path: '/agent/', ...options });
      await start({ imports: [module], providers });
      expect(await cardName('/agent')).toBe('From Settings');
      expect(await ask('hi', '/agent')).toBe('echo: hi');
    });

    it('and gives guards that are classes what they inject', async () => {
      @Injectable()
      class NameGuard implements CanActivate {
        constructor(private readonly settings: Settings) {}

        canActivate(): boolean {
          return this.settings.name === 'From Settings';
        }
      }
      const module = A2AModule.forRootAsync({
        guards: [NameGuard],
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: (settings: Settings) => settings.createA2AOptions(),
      });
      await start({ imports: [module], providers });
      expect(await ask()).toBe('echo: hi');
    });
  });

  describe('has further agents', () => {
    @A2AWorker({ agent: 'billing' })
    class BillingWorker implements Worker {
      async handle(context: TaskContext): Promise<void> {
        await context.complete(`billed by ${context.agent}`);
      }
    }

    const agentCard = { ...CARD, name: 'Billing' };
    const where = { agent: 'billing', path: 'billing' };

    @Injectable()
    class BillingSettings {
      createAgentOptions() {
        return { agentCard };
      }
    }

    it.each([
      ['forFeature', A2AModule.forFeature({ ...where, agentCard })],
      [
        'forFeatureAsync and a factory',
        A2AModule.forFeatureAsync({
          ...where,
          useFactory: async () => ({ agentCard }),
        }),
      ],
      [
        'forFeatureAsync and a class',
        A2AModule.forFeatureAsync({ ...where, useClass: BillingSettings }),
      ],
    ])('by %s, each with its path, card and worker', async (_how, feature) => {
      await start({
        imports: [ROOT, feature],
        providers: [EchoWorker, BillingWorker],
      });
      expect(await ask('hi')).toBe('echo: hi');
      expect(await ask('hi', '/billing')).toBe('billed by billing');
      expect(await cardName()).toBe('Test Agent');
      expect(await cardName('/billing')).toBe('Billing');
    });

    it('whose worker may be bound by a token of its own, in the module of the agent', async () => {
      class BillingModule {}
      Module({
        imports: [A2AModule.forFeature({ ...where, agentCard })],
        providers: [
          { provide: getWorkerToken('billing'), useClass: PlainWorker },
        ],
      })(BillingModule);
      await start({ imports: [ROOT, BillingModule], providers: [EchoWorker] });
      expect(await ask('hi', '/billing')).toBe('plain: hi');
    });

    it('that do not know the tasks of each other', async () => {
      const feature = A2AModule.forFeature({ ...where, agentCard });
      await start({
        imports: [ROOT, feature],
        providers: [EchoWorker, BillingWorker],
      });
      const sent = await jsonRpc.call(
        `${host.url}/billing`,
        'SendMessage',
        sendParams('hi'),
      );
      const { id, contextId } = sent.body.result.task;
      for (const binding of [jsonRpc, httpJson]) {
        const get = await binding.call(host.url, 'GetTask', { id });
        expectRefusal(binding, get, 'TASK_NOT_FOUND');
        const list = await binding.call(host.url, 'ListTasks', { contextId });
        expect(binding.result(list).totalSize).toBe(0);
        const own = await binding.call(`${host.url}/billing`, 'GetTask', {
          id,
        });
        expect(binding.result(own).id).toBe(id);
      }
      const all = await host.app.get(TaskService).list();
      expect(all.tasks.map((task) => task.id)).toEqual([id]);
    });
  });

  it('serves two applications of one process, each in its own way', async () => {
    const bindings = ['HTTP+JSON'] as const;
    const other = await startHost({
      imports: [
        A2AModule.forRoot(
          onTestStore({ agentCard: CARD, path: 'b', bindings }),
        ),
      ],
      providers: [{ provide: A2A_WORKER, useClass: PlainWorker }],
    });
    await start({ imports: [ROOT], providers: [EchoWorker] });
    expect(await ask()).toBe('echo: hi');
    const url = `${other.url}/b`;
    const sent = await httpJson.call(url, 'SendMessage', sendParams('hi'));
    const { id, artifacts } = sent.body.task;
    expect(artifacts[0].parts).toEqual([{ text: 'plain: hi' }]);
    const foreign = await jsonRpc.call(host.url, 'GetTask', { id });
    expectRefusal(jsonRpc, foreign, 'TASK_NOT_FOUND');
    const answer = await fetch(url, { method: 'POST' });
    expect(answer.status).toBe(404);
    await other.close();
    expect(await ask('still there')).toBe('echo: still there');
  });
});

describe('A2AModule in an application without HTTP', () => {
  class AppModule {}
  Module({ imports: [ROOT], providers: [EchoWorker] })(AppModule);

  it('works on tasks, and stops', async () => {
    const app = await NestFactory.createApplicationContext(AppModule, {
      logger: false,
      abortOnError: false,
    });
    const tasks = app.get(TaskService);
    const { taskId } = await tasks.submit({ message: 'hi' });
    for await (const { response } of tasks.follow(taskId)) void response;
    const task = await tasks.get(taskId);
    expect(task?.artifacts?.[0]?.parts).toEqual([{ text: 'echo: hi' }]);
    await app.close();
  });
});
