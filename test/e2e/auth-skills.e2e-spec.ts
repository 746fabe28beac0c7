import { ForbiddenException } from '@nestjs/common';
import { identify, type SkillResolver } from '@nest-a2a/server';
import { apiKey } from '@nest-a2a/server/auth';
import { invalidParam } from '@nest-a2a/protocol';
import { sendParams, VERSION } from '../support/a2a-http.js';
import { ALL_BINDINGS } from '../support/any-binding.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import {
  CARD,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const skill = (id: string, ...choices: Record<string, string[]>[]) => ({
  id,
  name: id,
  description: `Does ${id}.`,
  tags: [id],
  ...(choices.length > 0 && {
    securityRequirements: choices.map((choice) => ({
      schemes: Object.fromEntries(
        Object.entries(choice).map(([name, list]) => [name, { list }]),
      ),
    })),
  }),
});

const SKILLS = [
  skill('read'),
  skill('open', {}),
  skill('pay', { keys: ['pay:read', 'pay:write'] }),
  skill('either', { keys: ['a', 'b', 'c'] }, { keys: ['pay:read', 'x'] }),
  skill('certified', { mtls: [] }),
];

const AGENT = {
  ...CARD,
  skills: SKILLS,
  securitySchemes: { mtls: { mtlsSecurityScheme: {} } },
};

const KEYS = apiKey({
  name: 'X-API-Key',
  schemeName: 'keys',
  keys: {
    clerk: { keys: 'clerk-clerk-clerk', scopes: ['pay:read'] },
    chief: { keys: 'chief-chief-chief', scopes: ['pay:read', 'pay:write'] },
  },
});
const CLERK = { 'X-API-Key': 'clerk-clerk-clerk' };
const CHIEF = { 'X-API-Key': 'chief-chief-chief' };

/** The skill that a message names in its metadata. */
const skillOf: SkillResolver = ({ metadata }) =>
  metadata?.skill as string | undefined;

const forSkill = (id?: string) =>
  sendParams('hi', {
    message: id === undefined ? {} : { metadata: { skill: id } },
  });

describe.each(ALL_BINDINGS)('requirements of skills over $name', ({ call }) => {
  let agent: TestAgent;

  const start = async (options: TestAgentOptions['options'] = {}) => {
    agent = await startAgent({
      options: {
        ...GRPC_AGENT,
        agentCard: AGENT,
        authentication: [KEYS],
        skillOf,
        ...options,
      },
    });
  };

  afterEach(() => agent.close());

  it.each(['SendMessage', 'SendStreamingMessage'] as const)(
    'hold for who uses the skill: %s (A2A §4.4.5)',
    async (operation) => {
      await start();
      const answer = await call(agent, operation, forSkill('pay'), CLERK);
      expect(answer).toMatchObject({
        status: 7,
        message: 'Missing scope: pay:write',
        challenge:
          'ApiKey realm="A2A", in="header", name="X-API-Key", error="insufficient_scope", scope="pay:read pay:write"',
      });
      for (const [id, headers] of [
        ['pay', CHIEF],
        ['read', CLERK],
        ['open', CLERK],
        [undefined, CLERK],
      ] as const) {
        const allowed = await call(agent, operation, forSkill(id), headers);
        expect(allowed.status).toBe('OK');
      }
      const { body } = await call(agent, 'ListTasks', {}, CLERK);
      // What was refused has left no task.
      expect(body.tasks.length).toBe(3);
    },
  );

  it('are a choice: the closest one says what is missing', async () => {
    await start();
    const answer = await call(agent, 'SendMessage', forSkill('either'), CLERK);
    expect(answer).toMatchObject({ status: 7, message: 'Missing scope: x' });
  });

  it('that take another way to authenticate are not met', async () => {
    await start();
    const send = forSkill('certified');
    const answer = await call(agent, 'SendMessage', send, CHIEF);
    expect(answer).toMatchObject({ status: 7, message: 'Permission denied' });
    expect(answer.challenge).toBeUndefined();
  });

  it.each<[string, SkillResolver, number, string]>([
    ['is not there', () => 'unknown', 3, 'Invalid parameters'],
    ['is a name of every object', () => '__proto__', 3, 'Invalid parameters'],
    ['is no text', () => 7 as any, 13, 'Internal error'],
    [
      'cannot be found',
      () => Promise.reject(new Error('secret')),
      13,
      'Internal error',
    ],
    [
      'is refused by the application',
      () => {
        throw new ForbiddenException('Not on Sundays');
      },
      7,
      'Not on Sundays',
    ],
    [
      'is refused with an error of the protocol',
      () => {
        throw invalidParam('message.metadata', 'Must name a skill');
      },
      3,
      'Invalid parameters',
    ],
  ])(
    'a skill that %s ends the request',
    async (_what, resolver, status, message) => {
      await start({ skillOf: resolver });
      const answer = await call(agent, 'SendMessage', forSkill(), CHIEF);
      expect(answer).toMatchObject({ status, message });
    },
  );

  it('hold for the skills of extended cards, which are skills for nobody else', async () => {
    await start({
      extendedAgentCard: ({ principal }) =>
        principal === 'clerk'
          ? { skills: [skill('secret', { keys: ['top'] })] }
          : undefined,
    });
    const send = forSkill('secret');
    const clerk = await call(agent, 'SendMessage', send, CLERK);
    const chief = await call(agent, 'SendMessage', send, CHIEF);
    expect(clerk).toMatchObject({ status: 7, message: 'Missing scope: top' });
    expect(chief).toMatchObject({ status: 3, message: 'Invalid parameters' });
  });

  it('are met by what a guard of the application says of the caller', async () => {
    const guard = {
      canActivate: (context: any) => {
        const request = context.switchToHttp().getRequest();
        const scopes = request.headers['x-scopes']?.split(' ');
        if (scopes)
          identify(request, { scheme: 'mtls', principal: 'p', scopes });
        return true;
      },
    };
    const agentCard = { ...AGENT, skills: [skill('pay', { mtls: ['pay'] })] };
    const { authentication: _none, ...rest } = { authentication: 0 };
    await start({
      ...rest,
      authentication: undefined as any,
      agentCard,
      guards: [guard],
    });
    const send = forSkill('pay');
    const nobody = await call(agent, 'SendMessage', send);
    const wrong = await call(agent, 'SendMessage', send, { 'X-Scopes': 'x' });
    const good = await call(agent, 'SendMessage', send, {
      'X-Scopes': 'x pay',
    });
    expect(nobody).toMatchObject({ status: 16, challenge: 'Bearer' });
    expect(wrong).toMatchObject({
      status: 7,
      challenge: 'Bearer error="insufficient_scope", scope="pay"',
    });
    expect(good.status).toBe('OK');
  });
});

describe('requirements of skills', () => {
  it('are only published where nobody says which skill a message is for', async () => {
    const agent = await startAgent({
      options: { agentCard: AGENT, authentication: [KEYS] },
    });
    const url = `${agent.url}/.well-known/agent-card.json`;
    const card = (await (await fetch(url, { headers: VERSION })).json()) as any;
    const old = (await (await fetch(url)).json()) as any;
    const [binding] = ALL_BINDINGS;
    const send = forSkill('pay');
    const sent = await binding?.call(agent, 'SendMessage', send, CLERK);
    await agent.close();
    expect(sent?.status).toBe('OK');
    expect(card.skills[2].securityRequirements).toEqual([
      { schemes: { keys: { list: ['pay:read', 'pay:write'] } } },
    ]);
    expect(old.skills[2].security).toEqual([
      { keys: ['pay:read', 'pay:write'] },
    ]);
  });

  it.each<[string, TestAgentOptions['options'], RegExp]>([
    [
      'a scheme that is not there',
      { agentCard: { ...CARD, skills: [skill('x', { other: [] })] } },
      /agentCard\.skills\[0\]\.securityRequirements: Names the scheme "other"/,
    ],
    [
      'two schemes at once',
      { agentCard: { ...AGENT, skills: [skill('x', { keys: [], mtls: [] })] } },
      /agentCard\.skills\[0\]\.securityRequirements: Must name one scheme/,
    ],
    [
      'a resolver that is none',
      { skillOf: 'pay' as any },
      /skillOf: Must be a function/,
    ],
  ])('must not have %s', async (_what, options, problem) => {
    const starting = startAgent({
      options: { authentication: [KEYS], skillOf, ...options },
    });
    await expect(starting).rejects.toThrow(problem);
  });
});
