import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Inject,
  Injectable,
  Module,
  Scope,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, REQUEST } from '@nestjs/core';
import { unauthenticated } from '@nest-a2a/protocol';
import { of } from 'rxjs';
import { sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT, grpcAddress, GrpcClient } from '../support/grpc-client.js';
import { LogCollector } from '../support/log-collector.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const SECRET = 'postgres://user:pw@db';

/** What `@nestjs/microservices` has for guards of gRPC. */
class RpcException extends Error {
  constructor(private readonly error: object) {
    super('Rpc Exception');
  }

  getError(): object {
    return this.error;
  }
}

const fail = (thrown: unknown): never => {
  throw thrown;
};

/** What a guard does, named in the metadata of the call. */
const CASES: Record<string, () => unknown> = {
  'lets pass': () => true,
  'says no': () => false,
  'says no as a stream': () => of(false),
  'throws 401': () => fail(new UnauthorizedException()),
  'throws our 401': () => fail(unauthenticated('DPoP algs="ES256"')),
  'throws 403': () => fail(new ForbiddenException('Not on Sundays')),
  'throws 429': () => fail(new HttpException('Slow down', 429)),
  'throws an error': () => fail(new TypeError(SECRET)),
  'throws an RpcException': () =>
    fail(new RpcException({ code: 16, message: 'Who is it?' })),
  'throws an RpcException of its own': () =>
    fail(new RpcException({ code: 2, message: SECRET })),
  'throws an RpcException without a status': () =>
    fail(new RpcException({ message: SECRET })),
};

/** Written for HTTP: looks at headers, sets a user. */
@Injectable()
class CaseGuard implements CanActivate {
  canActivate(context: ExecutionContext): any {
    const request = context.switchToHttp().getRequest();
    return CASES[request.headers['x-case'] ?? 'lets pass']?.();
  }
}

/** Written for HTTP: the user is what the credential says. */
@Injectable()
class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const { authorization } = request.headers;
    if (authorization) request.user = { sub: authorization };
    return true;
  }
}

describe.each<[string, TestAgentOptions]>([
  ['of the agent', { options: { guards: [CaseGuard] } }],
  ['of the agent, an object', { options: { guards: [new CaseGuard()] } }],
  [
    'of the application',
    { before: (app) => void app.useGlobalGuards(new CaseGuard()) },
  ],
  [
    'of the application, a provider',
    {
      providers: [ScriptedWorker, { provide: APP_GUARD, useClass: CaseGuard }],
    },
  ],
])('a guard %s, over gRPC', (_way, { options, ...rest }) => {
  let agent: TestAgent;
  let client: GrpcClient;

  beforeAll(async () => {
    agent = await startAgent({
      ...rest,
      options: { ...GRPC_AGENT, ...options },
    });
    client = new GrpcClient(grpcAddress(agent));
  });

  afterAll(async () => {
    client.close();
    await agent.close();
  });

  it.each(['SendMessage', 'SendStreamingMessage'] as const)(
    'lets callers pass: %s',
    async (operation) => {
      const messages = [];
      if (operation === 'SendMessage') {
        messages.push((await client.call(operation, sendParams('hi'))).body);
      } else {
        for await (const one of client.open(operation, sendParams('hi')))
          messages.push(one);
      }
      expect(JSON.stringify(messages)).toContain('echo: hi');
    },
  );

  it.each([
    ['says no', 7],
    ['says no as a stream', 7],
    ['throws 401', 16],
    ['throws our 401', 16],
    ['throws 403', 7],
    ['throws 429', 8],
    ['throws an error', 13],
    ['throws an RpcException', 16],
    ['throws an RpcException of its own', 13],
    ['throws an RpcException without a status', 13],
  ])(
    'that %s ends calls and streams with the status %d',
    async (name, code) => {
      const logs = new LogCollector();
      agent.app.useLogger(logs);
      const metadata = { 'x-case': name };
      for (const operation of ['SendMessage', 'SubscribeToTask'] as const) {
        const { status } = await client.refusal(operation, {}, { metadata });
        expect(status.code).toBe(code);
        expect(JSON.stringify(status)).not.toContain(SECRET);
      }
      expect(logs.troubles.length).toBe(code === 13 ? 2 : 0);
    },
  );

  it('says how to authenticate and when to come again', async () => {
    const trailers = async (name: string) => {
      const metadata = { 'x-case': name };
      const call = await client.refusal('ListTasks', {}, { metadata });
      return call.status.metadata;
    };
    const ours = await trailers('throws our 401');
    expect(ours.get('www-authenticate')).toEqual(['DPoP algs="ES256"']);
    const other = await trailers('throws 401');
    expect(other.get('www-authenticate')).toEqual(['Bearer']);
    const later = await trailers('throws 429');
    expect(later.get('retry-after')).toEqual(['1']);
  });
});

describe('what guards see of a call over gRPC', () => {
  it('is a request with headers, a URL and a body, and the call', async () => {
    let seen: any;
    const guard: CanActivate = {
      canActivate: (context) => {
        const [request, metadata, call] = context.getArgs();
        seen = {
          type: context.getType(),
          request,
          data: context.switchToRpc().getData(),
          metadata,
          call,
        };
        return true;
      },
    };
    const agent = await startAgent({
      options: { ...GRPC_AGENT, guards: [guard] },
    });
    const client = new GrpcClient(grpcAddress(agent));
    const metadata = { 'x-trace': 'abc', 'x-key-bin': '' };
    await client.call('ListTasks', { pageSize: 3 }, { metadata });
    client.close();
    await agent.close();
    expect(seen.type).toBe('rpc');
    expect(seen.data).toBe(seen.request);
    expect(seen.request).toMatchObject({
      method: 'POST',
      url: '/lf.a2a.v1.A2AService/ListTasks',
      headers: { 'x-trace': 'abc', 'a2a-version': '1.0' },
      ip: '127.0.0.1',
      body: { pageSize: 3 },
    });
    expect(seen.metadata.get('x-trace')).toEqual(['abc']);
    expect(seen.call.getPath()).toBe(seen.request.url);
  });

  it('may be a body that is none: the guard fails, the caller is told why', async () => {
    const guard: CanActivate = {
      canActivate: (context) =>
        context.switchToHttp().getRequest().body !== undefined,
    };
    const agent = await startAgent({
      options: { ...GRPC_AGENT, guards: [guard] },
    });
    const client = new GrpcClient(grpcAddress(agent));
    const bytes = Buffer.from([0xff]);
    const { status } = await client.refusal('GetTask', {}, { bytes });
    client.close();
    await agent.close();
    expect(status).toMatchObject({
      code: 3,
      details: 'The bytes are no GetTaskRequest',
    });
  });
});

describe('guards with dependencies, over gRPC', () => {
  @Injectable()
  class Keys {
    readonly valid = 'open sesame';
  }

  @Module({ providers: [Keys], exports: [Keys] })
  class KeysModule {}

  @Injectable()
  class KeyGuard implements CanActivate {
    constructor(@Inject(Keys) private readonly keys: Keys) {}

    canActivate(context: ExecutionContext): boolean {
      const { headers } = context.switchToHttp().getRequest();
      return headers['x-key'] === this.keys.valid;
    }
  }

  let made = 0;

  @Injectable({ scope: Scope.REQUEST })
  class RequestGuard implements CanActivate {
    private readonly url: string;

    constructor(@Inject(REQUEST) request: any) {
      made += 1;
      this.url = request.url;
    }

    canActivate(context: ExecutionContext): boolean {
      return context.switchToHttp().getRequest().url === this.url;
    }
  }

  it('inject from the modules of the agent', async () => {
    const agent = await startAgent({
      options: { ...GRPC_AGENT, guards: [KeyGuard], imports: [KeysModule] },
    });
    const client = new GrpcClient(grpcAddress(agent));
    const { status } = await client.refusal('ListTasks', {});
    expect(status.code).toBe(7);
    const metadata = { 'x-key': 'open sesame' };
    await client.call('ListTasks', {}, { metadata });
    client.close();
    await agent.close();
  });

  it.each<[string, TestAgentOptions]>([
    ['of the agent', { options: { guards: [RequestGuard] } }],
    [
      'of the application',
      {
        providers: [
          ScriptedWorker,
          { provide: APP_GUARD, useClass: RequestGuard, scope: Scope.REQUEST },
        ],
      },
    ],
  ])('%s may be made for each call', async (_way, { options, ...rest }) => {
    made = 0;
    const agent = await startAgent({
      ...rest,
      options: { ...GRPC_AGENT, ...options },
    });
    const client = new GrpcClient(grpcAddress(agent));
    await client.call('ListTasks', {});
    await client.call('ListTasks', {});
    const { status } = await client.refusal('GetTask', { id: 'x' });
    client.close();
    await agent.close();
    expect(status.code).toBe(5);
    expect(made).toBe(3);
  });
});

describe('interceptors, over gRPC', () => {
  const start = (intercept: (...args: any[]) => any) =>
    startAgent({
      options: GRPC_AGENT,
      providers: [
        ScriptedWorker,
        { provide: APP_INTERCEPTOR, useValue: { intercept } },
      ],
    });

  it.each([
    ['may refuse', () => fail(new ForbiddenException()), 7],
    ['that keep the call to themselves do not leave it open', () => of(1), 13],
  ])('%s', async (_what, intercept, code) => {
    const agent = await start(intercept);
    const client = new GrpcClient(grpcAddress(agent));
    const { status } = await client.refusal('ListTasks', {});
    client.close();
    await agent.close();
    expect(status.code).toBe(code);
  });
});

describe('principals, over gRPC', () => {
  let agent: TestAgent;
  let client: GrpcClient;

  beforeAll(async () => {
    agent = await startAgent({
      options: { ...GRPC_AGENT, guards: [UserGuard] },
    });
    client = new GrpcClient(grpcAddress(agent));
  });

  afterAll(async () => {
    client.close();
    await agent.close();
  });

  const as = (authorization: string) => ({ metadata: { authorization } });

  it('see nothing of each other, and their own over every binding', async () => {
    const gate = new Gate();
    agent.worker.on('wait', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const request = sendParams('wait', {
      configuration: { returnImmediately: true },
    });
    const { body } = await client.call('SendMessage', request, as('ada'));
    const { id } = body.task;
    for (const operation of [
      'GetTask',
      'CancelTask',
      'SubscribeToTask',
    ] as const) {
      const { error } = await client.refusal(operation, { id }, as('eve'));
      expect(error.code).toBe('TASK_NOT_FOUND');
    }
    const ofEve = await client.call('ListTasks', {}, as('eve'));
    expect(ofEve.body.tasks).toBeUndefined();
    const own = await client.call('GetTask', { id }, as('ada'));
    expect(own.body.id).toBe(id);
    const overHttp = await fetch(`${agent.url}/tasks/${id}`, {
      headers: { 'A2A-Version': '1.0', Authorization: 'ada' },
    });
    expect(overHttp.status).toBe(200);
    gate.open();
  });
});
