import {
  Body,
  type CallHandler,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Injectable,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type NestInterceptor,
  type NestModule,
  Module,
  Post,
  type RawBodyRequest,
  Req,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { HttpAdapterHost, type NestApplication } from '@nestjs/core';
import { A2A_WORKER, A2AModule, type TaskContext } from '@nest-a2a/server';
import { map } from 'rxjs';
import {
  allEvents,
  BINDINGS,
  brief,
  httpJson,
  jsonRpc,
  sendParams,
  VERSION,
} from '../support/a2a-http.js';
import { sendRaw } from '../support/raw-http.js';
import { expectRefusal } from '../support/refusals.js';
import { CARD, PLATFORMS } from '../support/test-agent.js';
import {
  startHost,
  type TestHost,
  type TestHostOptions,
} from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

class Dto {
  name?: string;
}

/** What applications have besides their agent. */
@Controller()
class HostController {
  @Post('echo')
  echo(@Body() body: unknown) {
    return { body };
  }

  @Post(['messages', 'message-board', 'tasks', 'v1/tasks'])
  messages(@Body() body: unknown) {
    return { messages: body };
  }

  @Post('checked')
  checked(@Body() body: Dto) {
    return { body };
  }

  @Post('raw')
  raw(@Req() request: RawBodyRequest<object>) {
    return { raw: request.rawBody?.toString() };
  }

  @Get('failing')
  failing() {
    throw new Error('of the application');
  }
}

/** Imported after the agent, so that the agent's routes are asked first on Express. */
class HostModule {}
Module({ controllers: [HostController] })(HostModule);

const WORKER = {
  provide: A2A_WORKER,
  useValue: {
    handle: (context: TaskContext) =>
      context.complete(`echo: ${context.userText}`),
  },
};

/** Wraps all that controllers return, as many applications do. */
class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ wrapped: data })));
  }
}

/** Refuses whatever it is asked to look at. */
const REFUSING_VALIDATOR = {
  validatorPackage: {
    validate: async () => [{ property: 'name', constraints: { no: 'no' } }],
  },
  transformerPackage: {
    plainToInstance: (_type: unknown, value: unknown) => value,
    classToPlain: (value: unknown) => value,
  },
};

describe.each(PLATFORMS)('an application with an agent, on %s', (platform) => {
  let host: TestHost;

  async function start(
    { before, application }: TestHostOptions = {},
    { imports = [], ...metadata }: ModuleMetadata = {},
  ): Promise<void> {
    host = await startHost(
      {
        imports: [
          A2AModule.forRoot(onTestStore({ agentCard: CARD })),
          HostModule,
          ...imports,
        ],
        providers: [WORKER],
        ...metadata,
      },
      {
        platform,
        ...(before && { before }),
        ...(application && { application }),
      },
    );
  }

  afterEach(() => host.close());

  /** Everything an agent does, on both bindings. */
  async function expectAgent(path = ''): Promise<void> {
    const url = host.url + path;
    for (const binding of BINDINGS) {
      const params = sendParams('hi');
      const sent = await binding.call(url, 'SendMessage', params);
      const { id, artifacts } = binding.result(sent).task;
      expect(artifacts[0].parts).toEqual([{ text: 'echo: hi' }]);
      const got = await binding.call(url, 'GetTask', { id });
      expect(binding.result(got).id).toBe(id);
      const refused = await binding.call(url, 'CancelTask', { id });
      expectRefusal(binding, refused, 'TASK_NOT_CANCELABLE');
      const stream = await binding.open(
        url,
        'SendStreamingMessage',
        sendParams('hi'),
      );
      const events = await allEvents(stream);
      expect(events.map((event) => brief(binding.response(event)))).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    }
  }

  const post = (
    path: string,
    body: string | Buffer,
    type = 'application/json',
  ) =>
    sendRaw(host.url, {
      path,
      body,
      headers: { ...VERSION, 'Content-Type': type },
    });

  describe('may have', () => {
    it('a global prefix', async () => {
      await start({ before: (app) => void app.setGlobalPrefix('/api/v1/') });
      await expectAgent('/api/v1');
      const astray = await post('/', '{}');
      expect(astray.status).toBe(404);
    });

    it('a global prefix that leaves the agent out', async () => {
      const exclude = ['/', 'message:verb', 'tasks', 'tasks/*path'];
      await start({
        before: (app) => void app.setGlobalPrefix('api', { exclude }),
      });
      await expectAgent();
      const own = await post('/api/echo', '{"a":1}');
      expect(JSON.parse(own.text)).toEqual({ body: { a: 1 } });
    });

    it.each([
      ['URI', { type: VersioningType.URI }],
      ['URI', { type: VersioningType.URI, defaultVersion: '1' }],
      ['header', { type: VersioningType.HEADER, header: 'X-Version' }],
      [
        'header',
        {
          type: VersioningType.HEADER,
          header: 'X-Version',
          defaultVersion: '1',
        },
      ],
      ['media type', { type: VersioningType.MEDIA_TYPE, key: 'v=' }],
    ] as const)('%s versioning: %j', async (_kind, versioning) => {
      await start({
        before: (app) =>
          void app.enableVersioning(versioning).setGlobalPrefix('api'),
      });
      await expectAgent('/api');
    });

    it('pipes, interceptors and filters for all of its routes', async () => {
      @Catch()
      class TeapotFilter implements ExceptionFilter {
        catch(_exception: unknown, context: any) {
          const { httpAdapter } = host.app.get(HttpAdapterHost);
          const response = context.switchToHttp().getResponse();
          httpAdapter.reply(response, { filtered: true }, 418);
        }
      }
      await start({
        before: (app) =>
          void app
            .useGlobalPipes(
              new ValidationPipe({
                whitelist: true,
                forbidNonWhitelisted: true,
                transform: true,
                ...(REFUSING_VALIDATOR as object),
              }),
            )
            .useGlobalInterceptors(new EnvelopeInterceptor())
            .useGlobalFilters(new TeapotFilter()),
      });
      await expectAgent();
      const unreadable = await post('/message:send', '{');
      expect(unreadable.status).toBe(400);
      expect(JSON.parse(unreadable.text).error.code).toBe(400);
      const own = await post('/echo', '{"a":1}');
      expect(JSON.parse(own.text)).toEqual({ wrapped: { body: { a: 1 } } });
      const checked = await post('/checked', '{"a":1}');
      expect(checked.status).toBe(418);
      const failing = await fetch(`${host.url}/failing`);
      expect(await failing.json()).toEqual({ filtered: true });
    });

    it.each([
      ['no body parser', { bodyParser: false }],
      ['raw bodies', { rawBody: true }],
    ])('%s', async (_what, application) => {
      await start({ application });
      await expectAgent();
      const large = await jsonRpc.call(
        host.url,
        'SendMessage',
        sendParams('x'.repeat(3_000_000)),
      );
      expect(large.body.result.task.status.state).toBe('TASK_STATE_COMPLETED');
      const own = await post('/raw', '{"a": 1}');
      const raw = 'rawBody' in application ? '{"a": 1}' : undefined;
      expect(JSON.parse(own.text)).toEqual({ raw });
    });

    it('body parsers that its main.ts adds', async () => {
      const addParser = (app: any) =>
        platform === 'express'
          ? app.useBodyParser('json', { limit: 4_000_000 })
          : app.useBodyParser(
              'application/json',
              { bodyLimit: 4_000_000 },
              (_request: unknown, body: Buffer, done: any) =>
                done(null, JSON.parse(body.toString())),
            );
      await start({ before: addParser });
      await expectAgent();
      const text = 'x'.repeat(5_000_000);
      const params = sendParams(text);
      const sent = await httpJson.call(host.url, 'SendMessage', params);
      expect(sent.body.task.status.state).toBe('TASK_STATE_COMPLETED');
      const fits = JSON.stringify({ a: text.slice(0, 3_000_000) });
      expect((await post('/echo', fits)).status).toBe(201);
      const refused = await post('/echo', JSON.stringify({ a: text }));
      expect(JSON.parse(refused.text).statusCode).toBe(413);
    });

    it('middleware, of main.ts and of modules', async () => {
      const seen: string[] = [];
      const note = (name: string) => (req: any, _res: unknown, next: any) => {
        seen.push(`${name} ${req.method} ${req.originalUrl ?? req.url}`);
        next();
      };

      class MiddlewareModule implements NestModule {
        configure(consumer: MiddlewareConsumer) {
          consumer.apply(note('module')).forRoutes('{*path}');
        }
      }
      Module({})(MiddlewareModule);
      await start(
        { before: (app: NestApplication) => void app.use(note('main')) },
        { imports: [MiddlewareModule] },
      );
      await expectAgent();
      expect(seen).toContain('main POST /message:send');
      expect(seen).toContain('module POST /message:send');
      expect(seen).toContain('module POST /');
    });

    it('CORS, preflights included', async () => {
      await start({ before: (app) => void app.enableCors() });
      const origin = 'https://ui.example';
      for (const path of ['/', '/message:send', '/tasks/x:cancel']) {
        const preflight = await sendRaw(host.url, {
          method: 'OPTIONS',
          path,
          headers: {
            Origin: origin,
            'Access-Control-Request-Method': 'POST',
            'Access-Control-Request-Headers': 'a2a-version,content-type',
          },
        });
        expect(preflight.status).toBe(204);
        expect(preflight.headers).toMatchObject({
          'access-control-allow-origin': '*',
          'access-control-allow-headers': 'a2a-version,content-type',
        });
        const answer = await sendRaw(host.url, {
          path,
          headers: { Origin: origin },
          body: '{}',
        });
        expect(answer.headers['access-control-allow-origin']).toBe('*');
      }
    });

    it('an interceptor that sees how long a stream takes', async () => {
      const seen: string[] = [];

      @Injectable()
      class Timing implements NestInterceptor {
        intercept(context: ExecutionContext, next: CallHandler) {
          const { raw = context.switchToHttp().getResponse() } = context
            .switchToHttp()
            .getResponse();
          return next.handle().pipe(
            map((value: unknown) => {
              seen.push(`ended: ${raw.writableEnded}`);
              return value;
            }),
          );
        }
      }
      await start({
        before: (app) => void app.useGlobalInterceptors(new Timing()),
      });
      const stream = await httpJson.open(
        host.url,
        'SendStreamingMessage',
        sendParams('hi'),
      );
      await stream.text();
      await host.close();
      expect(seen).toEqual(['ended: true']);
    });
  });

  describe('keeps for its own routes', () => {
    beforeEach(() => start());

    it('the limits of its platform', async () => {
      const [small, large] =
        platform === 'express' ? [90_000, 200_000] : [900_000, 2_000_000];
      const fits = await post(
        '/echo',
        JSON.stringify({ a: 'x'.repeat(small) }),
      );
      expect(fits.status).toBe(201);
      const body = JSON.stringify({ a: 'x'.repeat(large) });
      const refused = await post('/echo', body);
      expect(refused.status).toBe(413);
      expect(JSON.parse(refused.text)).toMatchObject({ statusCode: 413 });
    });

    it('the answer to a body that cannot be read', async () => {
      const refused = await post('/echo', '{');
      expect(refused.status).toBe(400);
      expect(JSON.parse(refused.text)).toMatchObject({ statusCode: 400 });
    });

    it.each(['/messages', '/message-board', '/tasks', '/v1/tasks'])(
      'the bodies of %s',
      async (path) => {
        const own = await post(path, '{"a":1}');
        expect(JSON.parse(own.text)).toEqual({ messages: { a: 1 } });
        const unreadable = await post(path, '{');
        expect(JSON.parse(unreadable.text)).toMatchObject({ statusCode: 400 });
      },
    );

    it('its forms', async () => {
      const type = 'application/x-www-form-urlencoded';
      const form = await post('/echo', 'a=1&b=x+y', type);
      expect(JSON.parse(form.text)).toEqual({ body: { a: '1', b: 'x y' } });
    });

    it('what it makes of media types that it does not know', async () => {
      const own = await post('/echo', '{"a":1}', 'application/a2a+json');
      if (platform === 'express') {
        expect(JSON.parse(own.text)).toEqual({});
      } else {
        expect(own.status).toBe(415);
      }
    });

    it('its errors', async () => {
      const failing = await fetch(`${host.url}/failing`);
      expect(failing.status).toBe(500);
      expect(await failing.json()).toEqual({
        statusCode: 500,
        message: 'Internal server error',
      });
      const missing = await fetch(`${host.url}/nowhere`);
      expect(await missing.json()).toMatchObject({ statusCode: 404 });
    });
  });
});
