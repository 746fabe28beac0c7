import {
  All,
  Controller,
  type ControllerOptions,
  Get,
  Module,
  Post,
  Put,
  type Type,
  Version,
  VERSION_NEUTRAL,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { type NestApplication, RouterModule } from '@nestjs/core';
import { A2A_WORKER, A2AModule } from '@nest-a2a/server';
import { jsonRpc } from '../support/a2a-http.js';
import { CARD, PLATFORMS } from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

const WORKER = { provide: A2A_WORKER, useValue: { handle() {} } };

/** Imported after the agent, so that the agent's routes are asked first on Express. */
function hostModule(controller: Type<unknown>): Type<unknown> {
  class HostModule {}
  Module({ controllers: [controller] })(HostModule);
  return HostModule;
}

const root = (options: object = {}) =>
  A2AModule.forRoot(onTestStore({ agentCard: CARD, ...options }));

/** A controller with one route that says its own name. */
function hostRoute(
  decorate: MethodDecorator,
  controller: string | ControllerOptions = {},
): Type<unknown> {
  class HostController {
    answer() {
      return 'the application';
    }
  }
  const { prototype } = HostController;
  const property = Object.getOwnPropertyDescriptor(prototype, 'answer');
  decorate(prototype, 'answer', property as PropertyDescriptor);
  Controller(controller as ControllerOptions)(HostController);
  return HostController;
}

describe('a route of the application that the agent would answer', () => {
  it.each([
    ['POST /', hostRoute(Post())],
    ['GET /tasks', hostRoute(Get('tasks'))],
    ['GET /tasks', hostRoute(Get(), 'tasks')],
    ['GET /TASKS', hostRoute(Get('TASKS'))],
    ['GET /tasks', hostRoute(All('tasks'))],
    ['GET /tasks/:id', hostRoute(Get(':id'), 'tasks')],
    ['POST /tasks/export', hostRoute(Post('export'), 'tasks')],
    ['GET /tasks', hostRoute(Get('tasks'), { path: ['x', ''] })],
    ['GET /extendedAgentCard', hostRoute(Get(['x', 'extendedAgentCard']))],
    [
      'GET /.well-known/agent-card.json',
      hostRoute(Get('agent-card.json'), '.well-known'),
    ],
    [
      'GET /tasks',
      hostRoute(Get(), { path: 'tasks', version: VERSION_NEUTRAL }),
    ],
    [
      'GET /tasks',
      hostRoute(Get(), { path: 'tasks', version: ['1', VERSION_NEUTRAL] }),
    ],
  ])('%s is an error at start', async (route, controller) => {
    const error = await refusal(controller, { type: VersioningType.URI });
    expect(error).toMatchObject({ code: 'ROUTE_CONFLICT' });
    expect(error.message).toContain(`${route} of HostController.answer`);
  });

  it('is an error too where only a header tells its version', async () => {
    const controller = hostRoute(Get(), { path: 'tasks', version: '1' });
    const error = await refusal(controller, {
      type: VersioningType.HEADER,
      header: 'X-Version',
    });
    expect(error).toMatchObject({ code: 'ROUTE_CONFLICT' });
  });

  /** What the application says when it does not start. */
  async function refusal(
    controller: Type<unknown>,
    versioning: VersioningOptions,
  ): Promise<{ code: string; message: string }> {
    try {
      const host = await startHost(
        {
          imports: [root()],
          controllers: [controller],
          providers: [WORKER],
        },
        { before: (app) => void app.enableVersioning(versioning) },
      );
      await host.close();
    } catch (error) {
      return error as { code: string; message: string };
    }
    throw new Error('The application has started');
  }
});

describe.each(PLATFORMS)(
  'a route beside those of the agent, on %s',
  (platform) => {
    let host: TestHost;

    afterEach(() => host.close());

    interface Neighbour {
      method?: 'GET' | 'POST' | 'PUT';
      controller: Type<unknown>;
      path?: string;
      options?: object;
      before?: (app: NestApplication) => void;
    }

    const versioned =
      (defaultVersion?: string) =>
      (app: NestApplication): void =>
        void app.enableVersioning({
          type: VersioningType.URI,
          ...(defaultVersion && { defaultVersion }),
        });

    const versionedMethod: MethodDecorator = (target, key, descriptor) => {
      Get('tasks')(target, key, descriptor);
      Version('2')(target, key, descriptor);
    };

    it.each<[string, Neighbour]>([
      ['/', { controller: hostRoute(Get()) }],
      ['/tasks/1/items', { controller: hostRoute(Get('tasks/:id/items')) }],
      ['/tasks/1', { method: 'PUT', controller: hostRoute(Put('tasks/:id')) }],
      [
        '/messages',
        { method: 'POST', controller: hostRoute(Post('messages')) },
      ],
      [
        '/message-board',
        { method: 'POST', controller: hostRoute(Post('message-board')) },
      ],
      ['/tasks', { controller: hostRoute(Get('tasks')), path: 'a2a' }],
      [
        '/health',
        {
          controller: hostRoute(Get('health')),
          before: (app) =>
            void app.setGlobalPrefix('api', { exclude: ['health'] }),
          path: 'api',
          options: { path: '' },
        },
      ],
      [
        '/v1/tasks',
        {
          controller: hostRoute(Get('tasks'), { version: '1' }),
          before: versioned(),
        },
      ],
      [
        '/v1/tasks',
        { controller: hostRoute(Get('tasks')), before: versioned('1') },
      ],
      [
        '/v2/tasks',
        {
          controller: hostRoute(versionedMethod, { version: VERSION_NEUTRAL }),
          before: versioned('1'),
        },
      ],
    ])('%s stays what it is', async (path, neighbour) => {
      const { method = 'GET', controller, before, options } = neighbour;
      const agentPath = neighbour.path ?? '';
      host = await startHost(
        {
          imports: [
            root({ path: agentPath, ...options }),
            hostModule(controller),
          ],
          providers: [WORKER],
        },
        { platform, ...(before && { before }) },
      );
      const own = await fetch(host.url + path, { method });
      expect(await own.text()).toBe('the application');
      const url = agentPath ? `${host.url}/${agentPath}` : host.url;
      const answer = await jsonRpc.call(url, 'ListTasks', {});
      expect(answer.body.result.tasks).toEqual([]);
    });

    it('stays what it is under the path of its module', async () => {
      const TeamModule = hostModule(hostRoute(Get('tasks')));
      const routes = [{ path: 'team', module: TeamModule }];
      host = await startHost(
        {
          imports: [root(), TeamModule, RouterModule.register(routes)],
          providers: [WORKER],
        },
        { platform },
      );
      const own = await fetch(`${host.url}/team/tasks`);
      expect(await own.text()).toBe('the application');
    });
  },
);
