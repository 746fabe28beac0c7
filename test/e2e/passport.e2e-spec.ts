import { Injectable } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { sendParams } from '../support/a2a-http.js';
import { ALL_BINDINGS } from '../support/any-binding.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

/** Knows whoever names itself in `X-User`. */
@Injectable()
class HeaderStrategy extends PassportStrategy(Strategy, 'header') {
  validate(request: any): { sub: string } | false {
    const user = request.headers['x-user'];
    if (user === 'broken') throw new Error('postgres://user:pw@db');
    return user ? { sub: user } : false;
  }
}

const HeaderGuard = AuthGuard('header');
const PASSPORT = {
  imports: [PassportModule],
  providers: [ScriptedWorker, HeaderStrategy],
};

const WAYS: [way: string, options: TestAgentOptions][] = [
  ['of the agent', { ...PASSPORT, options: { guards: [HeaderGuard] } }],
  [
    'of the application',
    {
      ...PASSPORT,
      before: (app) => void app.useGlobalGuards(new HeaderGuard()),
    },
  ],
  [
    'of the application, a provider',
    {
      ...PASSPORT,
      providers: [
        ...PASSPORT.providers,
        { provide: APP_GUARD, useClass: HeaderGuard },
      ],
    },
  ],
];

describe.each(PLATFORMS)('a guard of Passport on %s', (platform) => {
  describe.each(WAYS)('%s', (_way, { options, ...rest }) => {
    let agent: TestAgent;

    beforeAll(async () => {
      agent = await startAgent({
        platform,
        ...rest,
        options: { ...GRPC_AGENT, ...options },
      });
    });

    afterAll(() => agent.close());

    it.each(ALL_BINDINGS)(
      'says who calls: principals see nothing of each other ($name)',
      async ({ call }) => {
        const as = (user: string) => ({ 'X-User': user });
        const ada = as('ada');
        const sent = await call(agent, 'SendMessage', sendParams('hi'), ada);
        const { id } = sent.body.task;
        const own = await call(agent, 'GetTask', { id }, ada);
        const foreign = await call(agent, 'GetTask', { id }, as('eve'));
        expect(own.body.id).toBe(id);
        expect(foreign.status).toBe(5);
      },
    );

    it.each(ALL_BINDINGS)(
      'refuses everybody else in the form of the binding ($name)',
      async ({ call }) => {
        const answer = await call(
          agent,
          'SendStreamingMessage',
          sendParams('x'),
        );
        expect(answer).toMatchObject({
          status: 16,
          message: 'Unauthorized',
          challenge: 'Bearer',
        });
      },
    );

    it.each(ALL_BINDINGS)(
      'that breaks says nothing of itself ($name)',
      async ({ call }) => {
        const headers = { 'X-User': 'broken' };
        const answer = await call(agent, 'ListTasks', {}, headers);
        expect(answer).toMatchObject({ status: 13, message: 'Internal error' });
      },
    );
  });
});
