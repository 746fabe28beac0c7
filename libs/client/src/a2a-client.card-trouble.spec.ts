import { type ServerResponse } from 'node:http';
import {
  createSigningKey,
  parseAgentCard,
  signAgentCard,
  toJwkSet,
  newKeyPair,
} from '@nest-a2a/protocol';
import { CardLab, MINUTE } from '../test/card-lab.js';
import {
  answering,
  failureOf,
  json,
  ScriptedAgent,
  taskIn,
} from '../test/scripted-agent.js';
import { A2AClient } from './a2a-client.js';
import { type A2AClientOptions } from './client-options.js';

const KEYS_PATH = '/jwks';

describe('a card that cannot be looked at again', () => {
  let lab: CardLab;

  beforeEach(async () => {
    lab = await CardLab.start();
  });

  afterEach(() => lab.close());

  /** Of every card with another name than the first. */
  function refusing(cause: Error): A2AClientOptions {
    return {
      cardValidator: ({ name }) => {
        if (name === 'Other') throw cause;
      },
    };
  }

  it('does not hold up the calls when the agent says nothing at all', async () => {
    await lab.connect();
    lab.answerCard = () => undefined;
    lab.pass(10 * MINUTE);
    const calls = [lab.client.getTask('t1'), lab.client.getTask('t2')];
    await expect(Promise.all(calls)).resolves.toHaveLength(2);
    expect(lab.looks()).toHaveLength(2);
  });

  it('counts when it comes after all', async () => {
    await lab.connect();
    const late: ServerResponse[] = [];
    lab.answerCard = (_, response) => late.push(response);
    lab.pass(10 * MINUTE);
    await lab.client.getTask('t1');
    expect(lab.client.agentName).toBe('Report Generator');
    json(late[0] as ServerResponse, { ...lab.agent.card, name: 'New' });
    await until(async () => {
      await lab.client.getTask('t1');
      return lab.client.agentName === 'New';
    });
    expect(lab.looks()).toHaveLength(2);
  });

  it('is kept where a validator does not come to an end', async () => {
    let checked = 0;
    const never = new Promise<void>(() => undefined);
    await lab.connect({
      timeoutMs: 1_500,
      cardValidator: () => ((checked += 1) === 1 ? undefined : never),
    });
    lab.pass(10 * MINUTE);
    const failure = await failureOf(
      lab.client.getTask('t1', { timeoutMs: 500 }),
    );
    expect(failure).toMatchObject({ code: 'timeout' });
    // The look has the time of a call, and the next is not before a minute.
    await until(async () => {
      const task = lab.client.getTask('t1', { timeoutMs: 500 });
      return (await task.catch(() => undefined)) !== undefined;
    });
    expect(lab.looks()).toHaveLength(2);
  });

  it('stays refused for a while without asking, and while nobody says otherwise', async () => {
    const cause = new Error('not this one');
    await lab.connect(refusing(cause));
    const { card } = lab.agent;
    const refused = { code: 'card-refused', cause };
    lab.agent.card = { ...card, name: 'Other' };
    lab.pass(10 * MINUTE);
    for (let call = 0; call < 10; call += 1) {
      expect(await failureOf(lab.client.getTask('t1'))).toMatchObject(refused);
    }
    expect(lab.looks()).toHaveLength(2);
    lab.answerCard = (_, response) => json(response, {}, 500);
    lab.pass(5_000);
    expect(await failureOf(lab.client.getTask('t1'))).toMatchObject(refused);
    expect(lab.looks()).toHaveLength(3);
    lab.answerCard = (_, response) => response.writeHead(304).end();
    lab.pass(5_000);
    expect((await lab.client.getTask('t1')).state).toBe('working');
    expect(lab.looks()).toHaveLength(4);
  });

  it.each<[string, Record<string, string>]>([
    [
      'no number can hold',
      { 'Cache-Control': `max-age=${'9'.repeat(400)}`, Age: '9'.repeat(400) },
    ],
    ['is negative', { 'Cache-Control': 'max-age=-1' }],
    ['has two values', { 'Cache-Control': 'max-age=0, max-age=99999' }],
    ['is in the past', { Expires: 'never', Date: 'yesterday' }],
  ])(
    'is asked for once a minute where its time %s (RFC 9111 §4.2.1)',
    async (_, hostile) => {
      lab.headers = hostile;
      await lab.connect();
      for (let call = 0; call < 5; call += 1) {
        lab.pass(MINUTE / 5 - 1);
        await lab.client.getTask('t1');
      }
      expect(lab.looks()).toHaveLength(1);
    },
  );

  it('is as old as the answer that confirms it (RFC 9111 §4.3.4)', async () => {
    lab.headers.Age = '480';
    await lab.connect();
    delete lab.headers.Age;
    lab.answerCard = (_, response) =>
      response.writeHead(304, lab.headers).end();
    lab.pass(2 * MINUTE);
    await lab.client.getTask('t1');
    lab.pass(10 * MINUTE - 1);
    await lab.client.getTask('t1');
    expect(lab.looks()).toHaveLength(2);
  });

  it.each([503, 429])(
    'is kept where its keys are not to be had for now: HTTP %s',
    async (status) => {
      const { privateKey } = newKeyPair('ed25519');
      const jku = lab.agent.url + KEYS_PATH;
      const key = createSigningKey({ key: privateKey, kid: 'k1' });
      const signed = signAgentCard(parseAgentCard(lab.agent.card), [
        { ...key, jku },
      ]);
      lab.agent.card = { ...signed };
      const { answer } = lab;
      let keys: [body: unknown, status: number] = [toJwkSet([key]), 200];
      lab.answer = (request, response) =>
        request.path === KEYS_PATH
          ? json(response, ...keys)
          : answer(request, response);
      await lab.connect({ allowHttp: true, verifyCard: { jku: [jku] } });
      keys = [{}, status];
      lab.pass(10 * MINUTE);
      expect((await lab.client.getTask('t1')).state).toBe('working');
      // Keys that are there no more are another matter.
      keys = [{}, 404];
      lab.pass(MINUTE);
      expect(await failureOf(lab.client.getTask('t1'))).toMatchObject({
        code: 'card-not-trusted',
      });
    },
  );
});

describe('a card that was given', () => {
  it('is checked once, by all who need it first', async () => {
    const agent = await ScriptedAgent.start();
    agent.script = answering('JSONRPC', taskIn('WORKING'));
    const cardValidator = jest.fn(() => Promise.resolve());
    const client = A2AClient.create(agent.card, {
      cardValidator,
      allow: ['127.0.0.1'],
      allowHttp: true,
      allowPrivateNetworks: true,
      ports: [Number(new URL(agent.url).port)],
    });
    await Promise.all([client.getTask('t1'), client.getTask('t2')]);
    const { agentCard } = client;
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000 * MINUTE);
    await client.getTask('t1');
    jest.restoreAllMocks();
    expect(cardValidator).toHaveBeenCalledTimes(1);
    expect(client.agentCard).toBe(agentCard);
    await client.close();
    await agent.allClosed();
    await agent.close();
  });
});

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
