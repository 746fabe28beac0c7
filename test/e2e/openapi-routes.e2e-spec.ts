import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, VersioningType } from '@nestjs/common';
import { A2AModule, getWorkerToken } from '@nest-a2a/server';
import { apiKey } from '@nest-a2a/server/auth';
import { withA2APaths } from '@nest-a2a/server/openapi';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { sendParams } from '../support/a2a-http.js';
import {
  DocumentCheck,
  type ServedDocument,
} from '../support/document-check.js';
import {
  type DocumentSettings,
  documentOf,
  startDocumented,
} from '../support/documented-agent.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

/** The document of an agent with everything; `WRITE_OPENAPI=1` writes it anew. */
const COMMITTED = join(__dirname, '../../docs/openapi.json');

const KEY = 'k'.repeat(40);

@Controller('orders')
class OrdersController {
  @Get(':id')
  order(): string {
    return 'an order';
  }
}

const billing = (options: object = {}) =>
  A2AModule.forFeature({
    agent: 'billing',
    path: 'billing',
    agentCard: { name: 'Billing', description: 'Pays.', version: '1' },
    ...options,
  });
const BILLING_WORKER = {
  provide: getWorkerToken('billing'),
  useValue: { handle: () => undefined },
};

describe.each(PLATFORMS)('the paths of agents on %s', (platform) => {
  let agent: TestAgent;
  let check: DocumentCheck;

  async function start(
    options: TestAgentOptions,
    settings: DocumentSettings = {},
  ): Promise<void> {
    ({ agent, check } = await startDocumented(
      { platform, ...options },
      settings,
    ));
  }

  afterEach(() => agent.close());

  it('are those of the application, with prefix and path, and no version', async () => {
    await start(
      { options: { path: 'agent' }, controllers: [OrdersController] },
      {
        before: (app) => {
          app.setGlobalPrefix('api');
          app.enableVersioning({
            type: VersioningType.URI,
            defaultVersion: '1',
          });
        },
      },
    );
    expect(check.operations).toContain('GET /api/v1/orders/{id}');
    expect(check.operations).toContain('GET /.well-known/agent-card.json');
    const body = sendParams('hello');
    const sent = await check.call('POST', '/api/agent/message:send', { body });
    expect(sent.status).toBe(200);
    const { id } = sent.body.task;
    const got = await check.call('GET', `/api/agent/tasks/${id}`);
    expect(got.status).toBe(200);
  });

  it('follow what is excluded from the prefix', async () => {
    await start(
      {},
      {
        before: (app) => {
          app.setGlobalPrefix('api', { exclude: ['tasks'] });
          app.enableVersioning({ type: VersioningType.HEADER, header: 'V' });
        },
      },
    );
    expect((await check.call('GET', '/tasks')).status).toBe(200);
    expect((await check.call('GET', '/api/tasks/unknown')).status).toBe(404);
  });

  const SEVERAL: TestAgentOptions = {
    imports: [billing()],
    providers: [ScriptedWorker, BILLING_WORKER],
  };

  it('are those of every agent', async () => {
    await start(SEVERAL);
    expect(check.operations).toContain('GET /tasks');
    expect(check.operationAt('GET', '/billing/tasks')).toMatchObject({
      operationId: 'a2a_billing_ListTasks',
      tags: ['Billing'],
    });
    expect((await check.call('GET', '/billing/tasks')).status).toBe(200);
    const ids = check.operations.map((operation) => {
      const [method = '', path = ''] = operation.split(' ');
      return check.operationAt(method, path).operationId as string;
    });
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are those of the agents that are named', async () => {
    await start(SEVERAL, { paths: { agents: ['billing'] } });
    expect(check.operations).not.toContain('GET /tasks');
    expect(check.operations).toContain('GET /billing/tasks');
    expect(check.document.tags).toEqual([
      { name: 'Billing', description: 'Pays.' },
    ]);
  });

  it('are there for tenants where the agent has tenants', async () => {
    await start({ options: { tenants: true } });
    const body = sendParams('hello');
    const sent = await check.call('POST', '/acme/message:send', { body });
    expect(sent).toMatchObject({
      operationId: 'a2a_SendMessageForTenant',
      status: 200,
    });
    const path = `/acme/tasks/${sent.body.task.id}`;
    expect((await check.call('GET', path)).status).toBe(200);
    const [tenant] = check.operationAt('GET', path).parameters;
    expect(tenant).toMatchObject({ name: 'tenant', in: 'path' });
  });

  it('are those of 0.3 as well where they are asked for', async () => {
    await start({}, { paths: { versions: ['1.0', '0.3'] } });
    const headers = { 'A2A-Version': '0.3' };
    const message = {
      messageId: 'm',
      role: 'ROLE_USER',
      content: [{ text: 'a' }],
    };
    const path = '/v1/message:send';
    const sent = await check.call('POST', path, { headers, body: { message } });
    expect(sent).toMatchObject({
      operationId: 'a2a_SendMessageV03',
      status: 200,
    });
    const task = `/v1/tasks/${sent.body.task.id}`;
    expect((await check.call('GET', task, { headers })).status).toBe(200);
    const none = await check.call('GET', '/v1/tasks/unknown', { headers });
    expect(none.status).toBe(404);
  });

  it('are only those that the agent serves', async () => {
    const capabilities = { streaming: false, pushNotifications: false };
    const agentCard = { ...CARD, capabilities };
    await start({ options: { agentCard } });
    expect(check.operations).toEqual([
      'GET /.well-known/agent-card.json',
      'GET /tasks',
      'GET /tasks/{id}',
      'POST /message:send',
      'POST /tasks/{id}:cancel',
    ]);
  });

  it('are not there where the agent has no HTTP+JSON', async () => {
    await start({ options: { bindings: ['JSONRPC'] } });
    expect(check.operations).toEqual(['GET /.well-known/agent-card.json']);
  });

  it('ask for what the card asks for', async () => {
    const authentication = [apiKey({ name: 'X-API-Key', keys: { ada: KEY } })];
    await start({ options: { authentication } });
    expect(check.document.components.securitySchemes).toEqual({
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
    const { security } = check.operationAt('GET', '/tasks');
    expect(security).toEqual([{ apiKey: [] }]);
    expect((await check.call('GET', '/tasks')).status).toBe(401);
    const headers = { 'X-API-Key': KEY };
    expect((await check.call('GET', '/tasks', { headers })).status).toBe(200);
    const card = '/.well-known/agent-card.json';
    expect(check.operationAt('GET', card).security).toEqual([]);
    for (const version of ['1.0', '0.3']) {
      const asked = { headers: { 'A2A-Version': version } };
      const { body } = await check.call('GET', card, asked);
      expect(body.securitySchemes.apiKey).toHaveProperty(
        'apiKeySecurityScheme',
      );
    }
  });

  it('name the limits of the application', async () => {
    const limits = { parts: 2, idLength: 100 };
    await start({ options: { limits, maxBodyBytes: 5_000 } });
    const { parts } = sendParams('a').message;
    const params = sendParams('a', {
      message: { parts: [...parts, ...parts] },
    });
    const path = '/message:send';
    expect((await check.call('POST', path, { body: params })).status).toBe(200);
    params.message.parts.push({ text: 'c' });
    params.message.messageId = 'other';
    expect((await check.call('POST', path, { body: params })).status).toBe(400);
    expect(check.allows('POST', path, params)).toBe(false);
    const { requestBody } = check.operationAt('POST', path);
    expect(requestBody.description).toBe('At most 5000 bytes.');
  });
});

describe('withA2APaths', () => {
  let agent: TestAgent;

  afterEach(() => agent.close());

  const builder = () => new DocumentBuilder().setTitle('Test').build();

  it('is what adds agents: without it a document has none', async () => {
    agent = await startAgent({ controllers: [OrdersController] });
    const document = SwaggerModule.createDocument(agent.app, builder());
    expect(Object.keys(document.paths)).toEqual(['/orders/{id}']);
  });

  it('leaves the document that it is given as it is, and keeps what is in it', async () => {
    agent = await startAgent({ controllers: [OrdersController] });
    const before = SwaggerModule.createDocument(agent.app, {
      ...builder(),
      tags: [{ name: 'Orders' }],
      components: {
        schemas: { Order: { type: 'object' } },
        securitySchemes: { own: { type: 'http', scheme: 'basic' } },
      },
    });
    const copy = structuredClone(before);
    const document = withA2APaths(agent.app, before);
    expect(before).toEqual(copy);
    expect(document.paths['/orders/{id}']).toEqual(copy.paths['/orders/{id}']);
    expect(document.info.title).toBe('Test');
    expect(document.tags?.map(({ name }) => name)).toEqual([
      'Orders',
      CARD.name,
    ]);
    expect(document.components).toMatchObject({
      schemas: { Order: { type: 'object' }, A2ATask: { type: 'object' } },
      securitySchemes: copy.components?.securitySchemes,
    });
  });

  it('refuses an agent that is not there', async () => {
    agent = await startAgent();
    const paths = { agents: ['nobody'] };
    expect(() => documentOf(agent.app, { paths })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_AGENT' }),
    );
  });

  it('adds nothing to a process that serves no callers', async () => {
    agent = await startAgent({
      options: {
        roles: ['worker'],
        push: DURABLE_PUSH,
        runtime: new SharedRuntime().instance(),
      },
    });
    expect(documentOf(agent.app).paths).toEqual({});
  });

  it('says what the items of a stream are, from OpenAPI 3.2 on', async () => {
    agent = await startAgent();
    const contentIn = (openapi: string) =>
      documentOf(agent.app, { openapi }).paths['/message:stream']?.post
        ?.responses[200] as { content?: Record<string, object> };
    const event = { $ref: '#/components/schemas/A2AStreamResponse' };
    for (const openapi of ['3.0.0', '3.1.0']) {
      const { content } = contentIn(openapi);
      expect(content?.['text/event-stream']).toMatchObject({ schema: event });
    }
    expect(contentIn('3.2.0').content?.['text/event-stream']).toMatchObject({
      itemSchema: { properties: { data: { contentSchema: event } } },
    });
  });

  it('has examples that are what their schemas say', async () => {
    agent = await startAgent();
    const document = documentOf(agent.app) as unknown as ServedDocument;
    const check = new DocumentCheck(agent.url, document);
    let count = 0;
    for (const { schema, examples } of contentsIn(document)) {
      for (const example of Object.values<any>(examples ?? {})) {
        const name = example.$ref?.split('/').at(-1);
        const { value } = name ? document.components.examples![name] : example;
        // An example of a stream is its text.
        if (typeof value === 'string') continue;
        expect(check.problems(schema, value)).toEqual([]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(50);
  });

  it('makes the document that is committed', async () => {
    agent = await startAgent({
      options: {
        publicUrl: 'https://agent.example',
        extendedAgentCard: {},
        authentication: [apiKey({ name: 'X-API-Key', keys: { ada: KEY } })],
      },
    });
    const document: unknown = documentOf(agent.app);
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env.WRITE_OPENAPI) {
      writeFileSync(COMMITTED, text);
    }
    const committed: unknown = JSON.parse(readFileSync(COMMITTED, 'utf8'));
    expect(JSON.parse(text)).toEqual(committed);
  });
});

/** Everything in a document that has a schema and examples. */
function contentsIn(value: unknown): any[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(contentsIn);
  return 'schema' in value && 'examples' in value ? [value, ...below] : below;
}
