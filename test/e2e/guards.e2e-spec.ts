import {
  BadGatewayException,
  BadRequestException,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Injectable,
  InternalServerErrorException,
  Logger,
  type LoggerService,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { rateLimited, unauthenticated } from '@nest-a2a/protocol';
import { of, throwError } from 'rxjs';
import {
  BINDINGS,
  sendParams,
  VERSION,
  type WireAnswer,
  type WireBinding,
} from '../support/a2a-http.js';
import { expectRefusal, type Refused } from '../support/refusals.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const SECRET = 'postgres://user:pw@db';

/** What a guard does, named in a header of the request. */
const CASES: Record<string, () => unknown> = {
  'lets pass': () => true,
  'says no': () => false,
  'says no later': () => Promise.resolve(false),
  'says no as a stream': () => of(false),
  'throws 401': () => fail(new UnauthorizedException()),
  'throws 403': () => fail(new ForbiddenException('Not on Sundays')),
  'throws 429': () => fail(new HttpException('Slow down', 429)),
  'throws 503': () => fail(new ServiceUnavailableException()),
  'throws 400': () => fail(new BadRequestException(['a', 'b'])),
  'throws 418': () => fail(new HttpException({ any: 'body' }, 418)),
  'throws 500': () => fail(new InternalServerErrorException(SECRET)),
  'throws 502': () => fail(new BadGatewayException(SECRET)),
  'throws 200': () => fail(new HttpException(SECRET, 200)),
  'throws an error': () => fail(new TypeError(SECRET)),
  'rejects with an error': () => Promise.reject(new Error(SECRET)),
  'fails as a stream': () => throwError(() => new ForbiddenException()),
  'throws a text': () => fail(SECRET),
  'throws undefined': () => fail(undefined),
  'throws an object': () => fail({ status: 401, message: SECRET }),
  'throws our 401': () => fail(unauthenticated('DPoP algs="ES256"')),
  'throws our 429': () => fail(rateLimited(17)),
};

function fail(thrown: unknown): never {
  throw thrown;
}

const REFUSALS: [name: string, refused: Refused][] = [
  ['says no', 'FORBIDDEN'],
  ['says no later', 'FORBIDDEN'],
  ['says no as a stream', 'FORBIDDEN'],
  ['throws 401', 'UNAUTHENTICATED'],
  ['throws 403', 'FORBIDDEN'],
  ['throws 429', 'RATE_LIMITED'],
  ['throws 503', 'UNAVAILABLE'],
  ['throws 400', 'INVALID_REQUEST'],
  ['throws 418', 'INVALID_REQUEST'],
  ['throws 500', 'INTERNAL'],
  ['throws 502', 'INTERNAL'],
  ['throws 200', 'INTERNAL'],
  ['throws an error', 'INTERNAL'],
  ['rejects with an error', 'INTERNAL'],
  ['fails as a stream', 'FORBIDDEN'],
  ['throws a text', 'INTERNAL'],
  ['throws undefined', 'INTERNAL'],
  ['throws an object', 'INTERNAL'],
  ['throws our 401', 'UNAUTHENTICATED'],
  ['throws our 429', 'RATE_LIMITED'],
];

/** Does what the header `X-Case` says, and sets the response headers of `X-Set`. */
@Injectable()
class CaseGuard implements CanActivate {
  canActivate(context: ExecutionContext): any {
    const http = context.switchToHttp();
    const { headers } = http.getRequest();
    const response = http.getResponse();
    const set: Record<string, string> = JSON.parse(headers['x-set'] ?? '{}');
    for (const [name, value] of Object.entries(set))
      response.header(name, value);
    return CASES[headers['x-case'] ?? 'lets pass']?.();
  }
}

const WAYS: [way: string, options: TestAgentOptions][] = [
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
];

/** Keeps what the operator is told. */
class Lines implements LoggerService {
  readonly all: string[] = [];
  error = (...line: unknown[]) => void this.all.push(`ERROR ${line.join(' ')}`);
  warn = (...line: unknown[]) => void this.all.push(`WARN ${line.join(' ')}`);
  log = () => undefined;
}

async function send(
  url: string,
  binding: WireBinding,
  headers: Record<string, string>,
): Promise<WireAnswer> {
  const response = await binding.open(
    url,
    'SendStreamingMessage',
    sendParams('hi'),
    { headers: { ...VERSION, ...headers } },
  );
  const text = await response.text();
  const body =
    response.status === 200 && text.startsWith('id:') ? text : JSON.parse(text);
  return { status: response.status, headers: response.headers, body };
}

describe.each(PLATFORMS)('guards on %s', (platform) => {
  describe.each(WAYS)('%s', (_way, options) => {
    let agent: TestAgent;
    const lines = new Lines();

    beforeAll(async () => {
      agent = await startAgent({ platform, ...options });
      Logger.overrideLogger(lines);
    });

    beforeEach(() => {
      lines.all.length = 0;
    });

    afterAll(async () => {
      Logger.overrideLogger(false);
      await agent.close();
    });

    it('leave the agent card to everybody (A2A §8.2)', async () => {
      const url = `${agent.url}/.well-known/agent-card.json`;
      const answer = await fetch(url, { headers: { 'X-Case': 'says no' } });
      expect(answer.status).toBe(200);
    });

    describe.each(BINDINGS)('over $name', (binding) => {
      it('let callers pass', async () => {
        const answer = await send(agent.url, binding, {});
        expect(answer.body).toContain('echo: hi');
      });

      it.each(REFUSALS)(
        'that one %s: it is answered in the form of the binding (A2A §7.4)',
        async (name, refused) => {
          const answer = await send(agent.url, binding, { 'X-Case': name });
          expectRefusal(binding, answer, refused);
          expect(JSON.stringify(answer.body)).not.toContain(SECRET);
        },
      );

      it('challenge who did not authenticate, in their own words where they have some', async () => {
        const challenge = async (headers: Record<string, string>) => {
          const answer = await send(agent.url, binding, headers);
          return answer.headers.get('www-authenticate');
        };
        const set = JSON.stringify({ 'WWW-Authenticate': 'Basic realm="x"' });
        expect(await challenge({ 'X-Case': 'throws 401' })).toBe('Bearer');
        expect(await challenge({ 'X-Case': 'throws 401', 'X-Set': set })).toBe(
          'Basic realm="x"',
        );
        expect(await challenge({ 'X-Case': 'throws our 401' })).toBe(
          'DPoP algs="ES256"',
        );
        expect(await challenge({ 'X-Case': 'throws 403' })).toBeNull();
      });

      it('say when to come again, in their own words where they have some (A2A §5.4)', async () => {
        const retryAfter = async (headers: Record<string, string>) => {
          const answer = await send(agent.url, binding, headers);
          return answer.headers.get('retry-after');
        };
        const set = JSON.stringify({ 'Retry-After': '30' });
        expect(await retryAfter({ 'X-Case': 'throws 429' })).toBe('1');
        expect(await retryAfter({ 'X-Case': 'throws 429', 'X-Set': set })).toBe(
          '30',
        );
        expect(await retryAfter({ 'X-Case': 'throws our 429' })).toBe('17');
        expect(await retryAfter({ 'X-Case': 'throws 503' })).toBe('1');
      });

      it('that fail tell the operator why, and nobody else', async () => {
        await send(agent.url, binding, { 'X-Case': 'throws an error' });
        expect(lines.all).toEqual([
          expect.stringMatching(/^ERROR A request failed TypeError: postgres/),
        ]);
        lines.all.length = 0;
        await send(agent.url, binding, { 'X-Case': 'throws 401' });
        await send(agent.url, binding, { 'X-Case': 'throws 503' });
        expect(lines.all).toEqual([]);
      });
    });
  });

  describe.each(BINDINGS)('beside guards, over $name', (binding) => {
    it('an interceptor of the application may refuse too', async () => {
      const agent = await startAgent({
        platform,
        providers: [
          ScriptedWorker,
          {
            provide: APP_INTERCEPTOR,
            useValue: { intercept: () => fail(new ForbiddenException()) },
          },
        ],
      });
      const answer = await send(agent.url, binding, {});
      await agent.close();
      expectRefusal(binding, answer, 'FORBIDDEN');
    });

    it.each<[string, () => unknown, Refused]>([
      [
        'throws 401',
        () => fail(new UnauthorizedException()),
        'UNAUTHENTICATED',
      ],
      ['fails', () => Promise.reject(new Error(SECRET)), 'INTERNAL'],
    ])(
      'a principal resolver that %s is answered',
      async (_how, resolve, refused) => {
        const principal = resolve as () => Promise<string>;
        const agent = await startAgent({ platform, options: { principal } });
        const answer = await send(agent.url, binding, {});
        await agent.close();
        expectRefusal(binding, answer, refused);
        expect(JSON.stringify(answer.body)).not.toContain(SECRET);
      },
    );
  });
});
