import { DEFAULT_OPTIONS } from '@nest-a2a/server';
import { WebhookSink } from '@nest-a2a/testing';
import { PushFleet } from '../support/push-fleet.js';
import { briefs, headersOf } from '../support/webhook-answers.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { scheduleMs } = DEFAULT_OPTIONS.push;

describe('a receiver that is down', () => {
  let fleet: PushFleet;
  let url: string;
  let port: number;
  let receiver: WebhookSink | undefined;

  /** The receiver is up, where it was before. */
  const comeUp = async () => {
    receiver = await WebhookSink.open('127.0.0.1', port);
    return receiver;
  };

  beforeEach(async () => {
    fleet = new PushFleet();
    const before = await WebhookSink.open();
    ({ url, port } = before);
    await before.close();
  });
  afterEach(async () => {
    await fleet.close();
    await receiver?.close();
    receiver = undefined;
  });

  it('for ten minutes gets everything, in order, each event under an id of its own (D1)', async () => {
    const { clock } = fleet;
    const lab = await fleet.start();
    const began = clock.now();
    await lab.send('hi', { id: 'a', url });
    let count = 0;
    let due = began;
    while (clock.now() < began + 10 * MINUTE) {
      count += 1;
      const attempt = await lab.leapAfter(count);
      expect(attempt.at).toBe(due);
      due = attempt.nextAt!;
      const wait = scheduleMs[count]!;
      expect(due - attempt.at).toBeGreaterThanOrEqual(0.8 * wait);
      expect(due - attempt.at).toBeLessThanOrEqual(1.2 * wait);
      expect(attempt).toMatchObject({
        seq: 2,
        attempt: count,
        outcome: 'failed',
        error: 'connection-failed',
      });
    }
    expect((await lab.recorder.nth(count + 1)).at).toBe(due);
    const { received } = await comeUp();
    await lab.leapAfter(count + 1);
    await lab.recorder.waitFor(count + 4);
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
    expect(new Set(headersOf(received, 'webhook-id')).size).toBe(3);
    const previous = headersOf(received, 'a2a-previous-sequence');
    expect(previous).toEqual(['0', '2', '3']);
  });

  it('is told the end of a task an hour later, by a process that did not run it (D23)', async () => {
    const { clock } = fleet;
    const first = await fleet.start();
    await first.send('hi', { id: 'a', url });
    let { nextAt } = await first.recorder.nth(1);
    await first.agent.close();
    const { recorder } = await fleet.start();
    const end = clock.now() + HOUR;
    let count = 0;
    while (nextAt! < end) {
      count += 1;
      await clock.leapTo(nextAt!);
      ({ nextAt } = await recorder.nth(count));
    }
    const { received } = await comeUp();
    await clock.leapTo(nextAt!);
    await recorder.waitFor(count + 3);
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
    expect(clock.now() - end).toBeGreaterThan(0);
  });
});
