import { randomBytes } from 'node:crypto';
import {
  Body,
  Controller,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  Post,
  Scope,
  UseGuards,
  VersioningType,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  createMemoryWebhookStore,
  type WebhookNotification,
} from '@nest-a2a/client';
import {
  A2AWebhookGuard,
  A2AWebhookModule,
  type A2AWebhookModuleOptions,
  OnPushNotification,
  PushNotification,
} from '@nest-a2a/client/nest';
import { statusUpdateJson as status, WebhookSender } from '@nest-a2a/testing';
import { Gate } from '../support/gate.js';
import { LogCollector } from '../support/log-collector.js';
import { PLATFORMS } from '../support/test-agent.js';
import {
  startHost,
  type TestHost,
  type TestHostOptions,
} from '../support/test-host.js';

/** The time of receiver and senders. */
const NOW_S = Date.UTC(2026, 0, 1) / 1_000;
const CLOCK = { now: () => NOW_S * 1_000 };
const sender = new WebhookSender(CLOCK);
const OPTIONS = { signature: { keys: sender.jwks }, clock: CLOCK };
const A2A_JSON = 'application/a2a+json';

/** Keeps what it is told, and does what the test wants. */
@Injectable()
class Reports {
  readonly seen: WebhookNotification[] = [];
  act: (notification: WebhookNotification) => void | Promise<void> = () => {};

  @OnPushNotification()
  async onNews(notification: WebhookNotification): Promise<void> {
    await this.act(notification);
    this.seen.push(notification);
  }
}

@Injectable()
class Audit {
  count = 0;

  @OnPushNotification()
  note(): void {
    this.count += 1;
  }
}

describe.each(PLATFORMS)('the webhook module on %s', (platform) => {
  let host: TestHost | undefined;
  let logs: LogCollector;

  async function start(
    options: Partial<A2AWebhookModuleOptions> = {},
    { providers = [Reports, Audit], ...rest }: ModuleMetadata = {},
    hostOptions: TestHostOptions = {},
  ): Promise<Reports> {
    logs = new LogCollector();
    host = await startHost(
      {
        imports: [A2AWebhookModule.forRoot({ ...OPTIONS, ...options })],
        providers,
        ...rest,
      },
      { platform, application: { logger: logs }, ...hostOptions },
    );
    return host.app.get(Reports, { strict: false });
  }

  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  async function post(
    request: { headers: Record<string, string>; body: Buffer },
    { path = 'webhook', type = A2A_JSON } = {},
  ) {
    const response = await fetch(`${host?.url}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': type, ...request.headers },
      body: new Uint8Array(request.body),
    });
    const text = await response.text();
    return { status: response.status, text, headers: response.headers };
  }

  it.each([A2A_JSON, 'application/json', 'text/plain'])(
    'verifies the bytes that came as %s, whatever they look like',
    async (type) => {
      const reports = await start();
      const body = status('WORKING').replaceAll(':', ' :\n ');
      const answer = await post(sender.signed({ body }), { type });
      expect([answer.status, answer.text]).toEqual([
        200,
        '{"status":"received"}',
      ]);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(reports.seen).toMatchObject([{ kind: 'status', taskId: 't' }]);
      expect(host?.app.get(Audit).count).toBe(1);
    },
  );

  it.each([
    ['another key', new WebhookSender(CLOCK).signed()],
    ['another body', { ...sender.signed(), body: Buffer.from(status('X')) }],
  ])('refuses %s, and logs why without what came', async (_what, request) => {
    const reports = await start();
    for (let i = 0; i < 3; i++) {
      const answer = await post(request);
      expect([answer.status, answer.text]).toEqual([
        401,
        '{"error":"Invalid signature"}',
      ]);
    }
    expect(reports.seen).toEqual([]);
    expect(logs.troubles).toHaveLength(1);
    expect(logs.troubles[0]).toContain('refused: signature-mismatch');
    expect(logs.troubles[0]).not.toContain('v1a,');
  });

  it('answers what cannot be read in its own form', async () => {
    await start({ maxBodyBytes: 2_000_000 });
    const large = Buffer.alloc(1_500_000, ' ');
    const body = `${status('WORKING')}${large.toString()}`;
    expect((await post(sender.signed({ body }))).status).toBe(200);
    const tooLarge = sender.signed({ id: 'evt_2', body: `${body}${body}` });
    const refused = await post(tooLarge);
    expect([refused.status, refused.text]).toEqual([
      413,
      '{"error":"Body too large"}',
    ]);
    const empty = await post(sender.signed({ body: '' }));
    expect([empty.status, empty.text]).toEqual([
      400,
      '{"error":"Invalid body"}',
    ]);
  });

  it('answers 500 where a handler fails, and calls all of them again', async () => {
    const reports = await start();
    reports.act = () => {
      throw new Error('the database is away');
    };
    const failed = await post(sender.signed());
    expect([failed.status, failed.text]).toEqual([
      500,
      '{"error":"Not handled"}',
    ]);
    expect(logs.troubles).toHaveLength(1);
    expect(logs.troubles[0]).toContain('Reports.onNews failed for the webhook');
    expect(logs.troubles[0]).toContain('the database is away');
    reports.act = () => {};
    expect((await post(sender.signed())).status).toBe(200);
    expect((await post(sender.signed())).text).toBe('{"status":"duplicate"}');
    expect(reports.seen).toHaveLength(1);
    expect(host?.app.get(Audit).count).toBe(2);
  });

  it('answers when the handlers have finished, and not to a second attempt meanwhile', async () => {
    const reports = await start();
    const gate = new Gate();
    reports.act = () => gate.pass();
    let isAnswered = false;
    const first = post(sender.signed()).finally(() => (isAnswered = true));
    await gate.reached;
    const second = await post(sender.signed());
    expect([second.status, second.headers.get('retry-after')]).toEqual([
      503,
      '5',
    ]);
    expect(isAnswered).toBe(false);
    gate.open();
    expect((await first).status).toBe(200);
    expect(reports.seen).toHaveLength(1);
  });

  it('finishes at shutdown what is being handled, and takes no more', async () => {
    const reports = await start();
    const gate = new Gate();
    reports.act = () => gate.pass();
    const first = post(sender.signed());
    await gate.reached;
    const closing = host?.app.close();
    const second = await post(sender.signed({ id: 'evt_2' }));
    expect(second.status).toBe(503);
    gate.open();
    expect((await first).status).toBe(200);
    await closing;
    expect(reports.seen).toHaveLength(1);
  });

  it('tells of missing events', async () => {
    const reports = await start();
    await post(sender.signed({ id: 'a', sequence: 2, previous: 0 }));
    await post(sender.signed({ id: 'b', sequence: 5, previous: 4 }));
    expect(reports.seen[1]?.gap).toEqual({ lastSeen: 2, previous: 4 });
    expect(logs.troubles).toHaveLength(1);
    expect(logs.troubles[0]).toContain('Events are missing before');
  });

  it('is where the application puts it, and leaves other routes alone', async () => {
    @Controller({ path: 'echo', version: '1' })
    class EchoController {
      @Post()
      echo(@Body() body: object) {
        return body;
      }
    }
    const reports = await start(
      { path: 'hooks/:source' },
      { controllers: [EchoController] },
      {
        before: (app) =>
          app
            .setGlobalPrefix('api')
            .enableVersioning({ type: VersioningType.URI }),
      },
    );
    const path = 'api/hooks/billing';
    expect((await post(sender.signed(), { path })).status).toBe(200);
    expect(reports.seen[0]?.source).toBe('billing');
    const json = { headers: {}, body: Buffer.from('{"a":1}') };
    const type = 'application/json';
    const echo = await post(json, { path: 'api/v1/echo', type });
    expect([echo.status, echo.text]).toEqual([201, '{"a":1}']);
  });

  it('guards controllers of the application, over the bytes that came', async () => {
    const seen: unknown[] = [];
    @Controller({ path: 'own', version: '1' })
    class OwnController {
      @Post(':source/news')
      @UseGuards(A2AWebhookGuard)
      news(
        @PushNotification() notification: WebhookNotification,
        @Body() body: unknown,
      ) {
        seen.push([notification.taskId, notification.source, body]);
        return 'thanks';
      }

      @Post('plain')
      plain(@Body() body: unknown) {
        return body;
      }
    }
    @Module({ controllers: [OwnController] })
    class OwnModule {}
    await start(
      { path: false },
      {
        imports: [
          A2AWebhookModule.forRoot({ ...OPTIONS, path: false }),
          OwnModule,
        ],
        providers: [Reports],
      },
      {
        before: (app) => app.enableVersioning({ type: VersioningType.URI }),
      },
    );
    const path = 'v1/own/billing/news';
    const body = status('WORKING').replace(':', ' : ');
    for (const type of [A2A_JSON, 'application/json']) {
      const taken = await post(sender.signed({ body }), { path, type });
      expect([taken.status, taken.text]).toEqual([201, 'thanks']);
    }
    const event = JSON.parse(body) as unknown;
    expect(seen).toEqual(Array(2).fill(['t', 'billing', event]));
    const forged = await post(sender.plain({ body }), { path });
    expect([forged.status, forged.text]).toEqual([
      401,
      '{"error":"Missing signature"}',
    ]);
    const type = 'application/json';
    const json = { headers: {}, body: Buffer.from('[1]') };
    const plain = await post(json, { path: 'v1/own/plain', type });
    expect(plain.text).toBe('[1]');
    expect((await post(sender.signed())).status).toBe(404);
  });

  it('takes its options from a factory, and its handlers from request-scoped classes', async () => {
    const seen: unknown[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      readonly id = randomBytes(8).toString('hex');

      constructor(@Inject(REQUEST) private readonly request: unknown) {}

      @OnPushNotification()
      onNews(notification: WebhookNotification) {
        seen.push([this.id, this.request === notification]);
      }
    }
    const STORE = Symbol('store');
    @Module({
      providers: [{ provide: STORE, useFactory: createMemoryWebhookStore }],
      exports: [STORE],
    })
    class StoreModule {}
    logs = new LogCollector();
    host = await startHost(
      {
        imports: [
          A2AWebhookModule.forRootAsync({
            path: 'news',
            imports: [StoreModule],
            inject: [STORE],
            useFactory: (
              store: ReturnType<typeof createMemoryWebhookStore>,
            ) => ({
              ...OPTIONS,
              store,
            }),
          }),
        ],
        providers: [Scoped],
      },
      { platform, application: { logger: logs } },
    );
    for (const id of ['a', 'b']) {
      const answer = await post(sender.signed({ id }), { path: 'news' });
      expect(answer.status).toBe(200);
    }
    expect(seen).toMatchObject([
      [expect.any(String), true],
      [expect.any(String), true],
    ]);
    expect(new Set(seen.map((one) => (one as string[])[0])).size).toBe(2);
  });

  it('refuses a webhook of ten minutes ago (D28)', async () => {
    await start();
    const answer = await post(sender.signed({ timestamp: NOW_S - 600 }));
    expect([answer.status, answer.text]).toEqual([401, '{"error":"Too old"}']);
    expect(logs.troubles[0]).toContain('the clocks of both machines differ');
  });

  it.each([
    ['nothing handles webhooks', {}, [], 'that nothing handles'],
    [
      'nothing tells who sends',
      { signature: undefined },
      [Reports],
      'must know who sends',
    ],
    [
      'an option is misspelt',
      { tokn: 'x' },
      [Reports],
      'there is no option "tokn"',
    ],
  ])('does not start where %s', async (_what, options, providers, message) => {
    await expect(
      start(options as Partial<A2AWebhookModuleOptions>, { providers }),
    ).rejects.toThrow(message);
  });

  it('does not start twice', async () => {
    const imports = [OPTIONS, { ...OPTIONS, path: 'other' }].map((options) =>
      A2AWebhookModule.forRoot(options),
    );
    await expect(start({}, { imports })).rejects.toThrow(
      'was imported 2 times',
    );
  });
});
