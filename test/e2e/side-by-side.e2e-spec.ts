import { gzipSync } from 'node:zlib';
import {
  All,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { A2AModule } from '@nest-a2a/server';
import { BINDINGS, sendParams, VERSION } from '../support/a2a-http.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD, PLATFORMS, type Platform } from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

@Controller()
class CatchAllController {
  @Get('*path')
  page() {
    return 'page';
  }
}

@Controller()
class CollectionsController {
  @Post(':collection')
  add() {
    return { added: true };
  }
}

@Controller()
class EverythingController {
  @All('{*path}')
  page() {
    return 'page';
  }
}

@Module({ controllers: [CatchAllController] })
class LateModule {}

const agent = (options: object = {}) =>
  A2AModule.forRoot(onTestStore({ agentCard: CARD, ...options }));
const base: ModuleMetadata = { providers: [ScriptedWorker] };

describe('the agent and the application side by side', () => {
  let host: TestHost | undefined;

  const start = async (metadata: ModuleMetadata, platform?: Platform) => {
    host = await startHost(
      { ...base, ...metadata },
      { ...(platform && { platform }) },
    );
    return host.url;
  };

  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  const refusal = (metadata: ModuleMetadata, platform?: Platform) =>
    start(metadata, platform).then(
      () => undefined,
      (error: { code: string; message: string }) => error,
    );

  describe('routes that catch what is meant for the agent', () => {
    it.each([
      ['a wildcard', CatchAllController, /GET \/\*path of CatchAllController/],
      ['a parameter', CollectionsController, /POST \/:collection of Coll/],
      ['everything', EverythingController, /\/\{\*path\} of Everything/],
    ])(
      'are an error where Express asks them first: %s',
      async (_name, controller, names) => {
        const error = await refusal({
          imports: [agent()],
          controllers: [controller],
        });
        expect(error?.code).toBe('ROUTE_CONFLICT');
        expect(error?.message).toMatch(names);
        expect(error?.message).toMatch(/imported after A2AModule/);
      },
    );

    it('may come after it', async () => {
      const url = await start({ imports: [agent(), LateModule] });
      const tasks = await fetch(`${url}/tasks`, { headers: VERSION });
      expect(await tasks.json()).toMatchObject({ tasks: [] });
      const page = await fetch(`${url}/some/page`);
      expect(await page.text()).toBe('page');
    });

    it('are no error on Fastify, which chooses the route that says more', async () => {
      const url = await start(
        {
          imports: [agent({ path: 'agent' })],
          controllers: [CollectionsController],
        },
        'fastify',
      );
      const added = await fetch(`${url}/messages`, { method: 'POST' });
      expect(await added.json()).toEqual({ added: true });
      const tasks = await fetch(`${url}/agent/tasks`, { headers: VERSION });
      expect(tasks.status).toBe(200);
    });

    it('are one on Fastify where they would lose what begins with "message"', async () => {
      const metadata = {
        imports: [agent()],
        controllers: [CollectionsController],
      };
      const error = await refusal(metadata, 'fastify');
      expect(error?.message).toMatch(/POST \/:collection of Collections/);
    });
  });

  it('cannot have two runtimes', async () => {
    const error = await refusal({
      imports: [agent(), agent({ agent: 'second', path: 'second' })],
    });
    expect(error?.code).toBe('DUPLICATE_AGENT');
    expect(error?.message).toMatch(/imported 2 times.*forFeature/);
  });

  it.each(PLATFORMS)(
    'lets a guard inject what a module provides, and see the real request, on %s',
    async (platform) => {
      @Injectable()
      class Keys {
        readonly valid = 'key';
      }
      @Module({ providers: [Keys], exports: [Keys] })
      class KeysModule {}
      const seen: unknown[] = [];
      @Injectable()
      class KeyGuard implements CanActivate {
        constructor(@Inject(Keys) private readonly keys: Keys) {}

        canActivate(context: ExecutionContext): boolean {
          const { headers } = context.switchToHttp().getRequest();
          seen.push(headers['content-type']);
          if (headers['x-api-key'] === this.keys.valid) return true;
          throw new UnauthorizedException();
        }
      }
      const options = { guards: [KeyGuard], imports: [KeysModule] };
      const url = await start({ imports: [agent(options)] }, platform);
      const send = (key: string) =>
        fetch(`${url}/message:send`, {
          method: 'POST',
          headers: {
            ...VERSION,
            'Content-Type': 'application/a2a+json',
            'X-API-Key': key,
          },
          body: JSON.stringify(sendParams('hi')),
        });
      expect((await send('guess')).status).toBe(401);
      expect((await send('key')).status).toBe(200);
      expect(seen).toEqual(['application/a2a+json', 'application/a2a+json']);
    },
  );

  describe.each(PLATFORMS)('on %s', (platform) => {
    it.each(BINDINGS)(
      'refuses a compressed body over $name',
      async ({ name }) => {
        const url = await start({ imports: [agent()] }, platform);
        const isRpc = name === 'JSONRPC';
        const params = sendParams('hi');
        const body = isRpc
          ? { jsonrpc: '2.0', id: 1, method: 'SendMessage', params }
          : params;
        const response = await fetch(isRpc ? url : `${url}/message:send`, {
          method: 'POST',
          headers: {
            ...VERSION,
            'Content-Type': 'application/json',
            'Content-Encoding': 'gzip',
          },
          body: gzipSync(JSON.stringify(body)),
        });
        const { error } = (await response.json()) as any;
        expect(response.status).toBe(isRpc ? 200 : 400);
        expect(error.code).toBe(isRpc ? -32005 : 400);
        const [info] = error.data ?? error.details;
        expect(info.reason).toBe('CONTENT_TYPE_NOT_SUPPORTED');
      },
    );

    it('says that answers are for the caller alone', async () => {
      const url = await start({ imports: [agent()] }, platform);
      const tasks = await fetch(`${url}/tasks`, { headers: VERSION });
      expect(tasks.headers.get('cache-control')).toBe('no-store');
    });

    it('says what the card depends on behind a trusted proxy', async () => {
      const url = await start(
        { imports: [agent({ trustProxy: true })] },
        platform,
      );
      const card = await fetch(`${url}/.well-known/agent-card.json`);
      expect(card.headers.get('vary')).toBe(
        'A2A-Version, X-Forwarded-Host, X-Forwarded-Proto',
      );
    });
  });

  it('answers a path that cannot be decoded in the form of the binding on Express', async () => {
    const url = await start({ imports: [agent()] });
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${url}/tasks/%E0%A4`, {
        method,
        headers: VERSION,
      });
      const { error } = (await response.json()) as any;
      expect([response.status, error.status]).toEqual([
        400,
        'INVALID_ARGUMENT',
      ]);
    }
  });
});
