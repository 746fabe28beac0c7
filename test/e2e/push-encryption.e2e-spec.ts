import { randomBytes } from 'node:crypto';
import { jsonRpc } from '../support/a2a-http.js';
import { PushFleet } from '../support/push-fleet.js';
import {
  CREATE,
  DELETE,
  GET,
  LIST,
  type PushLab,
} from '../support/push-lab.js';

const OLD = randomBytes(32).toString('base64');
const NEW = randomBytes(32).toString('base64');
const MINUTE = 60_000;

describe('the key that seals webhooks', () => {
  let fleet: PushFleet;

  beforeEach(() => {
    fleet = new PushFleet();
  });
  afterEach(() => fleet.close());

  const start = (encryptionKey: string | string[]) =>
    fleet.start({ push: { encryptionKey } });

  /** A task that has failed to deliver once, whose webhook is `id`. */
  async function failedTask(lab: PushLab, id: string) {
    const sink = await lab.openSink();
    sink.answerNext(500);
    const config = { id, url: sink.url, token: `secret-of-${id}` };
    const taskId = await lab.send('hi', config);
    const { nextAt } = await lab.recorder.nth(1);
    await lab.agent.close();
    return { taskId, sink, config, nextAt: nextAt! };
  }

  const idsOf = async (lab: PushLab, taskId: string) =>
    (await lab.call(LIST, { taskId })).configs.map(({ id }: any) => id);

  it('is replaced step by step, while webhooks of before are delivered and shown', async () => {
    const task = await failedTask(await start(OLD), 'old');
    const { taskId, sink } = task;
    const both = await start([NEW, OLD]);
    expect(await both.call(GET, { taskId, id: 'old' })).toEqual({
      ...task.config,
      taskId,
    });
    await both.call(CREATE, { ...task.config, taskId, id: 'new' });
    await fleet.clock.leapTo(task.nextAt);
    const [, again] = await sink.waitFor(2);
    expect(again?.headers['a2a-notification-token']).toBe('secret-of-old');
    await both.agent.close();
    // Without the old key: what was sealed with the new one is there.
    const after = await start(NEW);
    expect(await idsOf(after, taskId)).toEqual(['new']);
  });

  it('holds deliveries back where it is the wrong one, with one alarm a minute and never with other credentials (D30)', async () => {
    const first = await start(OLD);
    const sink = await first.openSink();
    sink.answerNext(500, 500, 500);
    for (const id of ['a', 'b', 'c'])
      await first.send('hi', { id, url: sink.url });
    await first.recorder.nth(3);
    await first.agent.close();
    const wrong = await start(NEW);
    const alarms = () =>
      wrong.logs.troubles.filter((line) => /encryptionKey changed/.test(line));
    await fleet.leap(10 * MINUTE);
    await wrong.logs.find(/A webhook waits: .*encryptionKey changed/);
    expect(alarms()).toHaveLength(1);
    await fleet.leap(MINUTE);
    expect(alarms()).toHaveLength(2);
    expect(alarms()[1]).toContain('2 more since the last line');
    expect(alarms().join()).not.toContain(String(sink.port));
    expect(sink.received).toHaveLength(3);
    expect(wrong.recorder.attempts).toEqual([]);
    // With the right key they go on where they were: it was no attempt.
    await wrong.agent.close();
    const right = await start([NEW, OLD]);
    await fleet.leap(MINUTE);
    const attempts = await right.recorder.waitFor(9);
    const again = attempts.filter(({ seq }) => seq === 2);
    expect(again.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
  });

  it('where it is the wrong one hides no other webhook of the task, and lets clients replace or delete theirs (D30)', async () => {
    const { taskId, sink, config } = await failedTask(await start(OLD), 'a');
    const wrong = await start(NEW);
    const { url } = wrong.agent;
    await wrong.call(CREATE, { taskId, id: 'b', url: sink.url });
    expect(await idsOf(wrong, taskId)).toEqual(['b']);
    const shown = await wrong.service.configurations(taskId);
    expect(shown.map(({ id }) => id)).toEqual(['b']);
    await wrong.logs.find(/^error Webhook a of task .* Lists leave it out/);
    const answer = await jsonRpc.call(url, GET, { taskId, id: 'a' });
    expect(jsonRpc.reason(answer)).toBe('-32603');
    const said = JSON.stringify([wrong.logs.lines, answer.body]);
    expect(said).not.toContain('secret-of-a');
    expect(said).not.toContain(String(sink.port));
    await wrong.call(CREATE, { ...config, taskId });
    expect(await idsOf(wrong, taskId)).toEqual(['a', 'b']);
    expect(await wrong.call(DELETE, { taskId, id: 'a' })).toEqual({});
  });

  it.each([
    ['none', [], /push\.encryptionKey: Must have at least 1 element/],
    [
      'a short one',
      [OLD, 'c2hvcnQ='],
      /push\.encryptionKey\[1\]: Must be 32 bytes in base64/,
    ],
    ['one that is missing', [OLD, undefined], /push\.encryptionKey\[1\]: /],
  ])(
    'is refused at start where the list has %s',
    async (_what, keys, message) => {
      const starting = start(keys as string[]);
      await expect(starting).rejects.toThrow(message);
      await expect(start(keys as string[])).rejects.not.toThrow(OLD);
    },
  );
});
