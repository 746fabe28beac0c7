import { randomBytes } from 'node:crypto';
import { jsonRpc } from '../support/a2a-http.js';
import { PushFleet } from '../support/push-fleet.js';
import { GET, PushLab, type PushLabOptions } from '../support/push-lab.js';
import { briefs, hang, headersOf, heldBy } from '../support/webhook-answers.js';

const DAY = 86_400_000;
const FINISHED = ['WORKING', 'artifact', 'COMPLETED'];

describe('webhooks at shutdown', () => {
  const labs: PushLab[] = [];

  const start = async (options: PushLabOptions = {}) => {
    const lab = await PushLab.start(options);
    labs.push(lab);
    return lab;
  };
  afterEach(async () => {
    for (const lab of labs.splice(0).reverse()) await lab.close();
  });

  it('that are due are still delivered', async () => {
    const lab = await start();
    const sink = await lab.openSink();
    const gate = lab.newGate();
    sink.answerNext(heldBy(gate));
    await lab.send('hi', { url: sink.url });
    await lab.send('hi', { url: sink.url });
    await gate.reached;
    // Its time stands still: it waits for the deliveries and for nothing else.
    const closing = lab.agent.close();
    gate.open();
    await closing;
    expect(briefs(sink.received)).toHaveLength(6);
    expect(lab.recorder.attempts).toHaveLength(6);
  });

  it('of a turn that ends in the drain period are delivered too', async () => {
    const lab = await start();
    const sink = await lab.openSink();
    const { step } = await lab.steppedTask({ url: sink.url }, 1);
    await sink.waitFor(1);
    const closing = lab.agent.close();
    step(1);
    await closing;
    expect(briefs(sink.received)).toEqual(['WORKING', 'WORKING', 'COMPLETED']);
  });

  it('do not hold it up longer than the drain period where their receiver hangs', async () => {
    const lab = await start({ options: { drainMs: 3_000 } });
    const sink = await lab.openSink();
    sink.answerNext(hang);
    await lab.send('hi', { url: sink.url });
    await sink.waitFor(1);
    const began = lab.clock.now();
    await lab.closeAgentInTime();
    expect(lab.clock.now() - began).toBeGreaterThanOrEqual(3_000);
    expect(lab.recorder.attempts).toEqual([]);
    expect(lab.logs.troubles).toEqual([]);
  });

  it('that wait for their next attempt do not hold it up, and nothing is sent afterwards', async () => {
    const lab = await start();
    const sink = await lab.openSink();
    sink.answerNext(500);
    await lab.send('hi', { url: sink.url });
    const { nextAt } = await lab.recorder.nth(1);
    await lab.agent.close();
    await lab.clock.leapTo(nextAt! + DAY);
    expect(lab.clock.pendingTimers).toBe(0);
    expect(sink.received).toHaveLength(1);
  });
});

describe('webhooks of several processes', () => {
  let fleet: PushFleet;

  /** One more process on the same database. */
  const start = (push: object = {}, options: object = {}) =>
    fleet.start({ push, options });

  beforeEach(() => {
    fleet = new PushFleet();
  });
  afterEach(() => fleet.close());

  it('are gone on with by the next one, on the schedule', async () => {
    const first = await start();
    const sink = await first.openSink();
    sink.answerNext(500);
    await first.send('hi', { url: sink.url });
    const { nextAt } = await first.recorder.nth(1);
    await first.agent.close();
    const { recorder } = await start();
    await fleet.clock.leapTo(nextAt!);
    const attempts = await recorder.waitFor(3);
    expect(attempts[0]).toMatchObject({ seq: 2, attempt: 2, at: nextAt });
    const ids = headersOf(sink.received, 'webhook-id');
    expect(ids[1]).toBe(ids[0]);
    expect(briefs(sink.received).slice(1)).toEqual(FINISHED);
  });

  it('are sent once more, with the same id, where one broke off in the middle', async () => {
    const first = await start({}, { drainMs: 1_000 });
    const sink = await first.openSink();
    sink.answerNext(hang);
    await first.send('hi', { url: sink.url });
    await sink.waitFor(1);
    await first.closeAgentInTime();
    // At once: the first has given its claim back.
    const { recorder } = await start();
    await recorder.waitFor(3);
    const ids = headersOf(sink.received, 'webhook-id');
    expect(ids[1]).toBe(ids[0]);
    expect(briefs(sink.received).slice(1)).toEqual(FINISHED);
  });

  it('are delivered by one that does nothing else', async () => {
    const web = await start({}, { roles: ['api', 'worker'] });
    const sink = await web.openSink();
    await web.send('hi', { url: sink.url });
    const { recorder } = await start({}, { roles: ['push'] });
    await recorder.waitFor(3);
    // Woken by what the other process does, for its time stands still.
    await web.send('hi', { url: sink.url });
    await recorder.waitFor(6);
    expect(briefs(sink.received)).toEqual([...FINISHED, ...FINISHED]);
    expect(web.recorder.attempts).toEqual([]);
  });

  it('are each sent once, whoever has room (D18)', async () => {
    const push = { concurrency: 1 };
    const processes = [await start(push), await start(push), await start(push)];
    const [first] = processes;
    const sink = await first!.openSink();
    for (let count = 0; count < 30; count += 1) {
      await first!.send('hi', { url: sink.url });
    }
    const received = await sink.waitFor(90);
    expect(new Set(headersOf(received, 'webhook-id')).size).toBe(90);
    const shares = processes.map(({ recorder }) => recorder.attempts.length);
    expect(shares.filter((share) => share > 0).length).toBeGreaterThan(1);
  });

  it('are not sent by one with another key, which says so and tells no secret', async () => {
    const first = await start();
    const sink = await first.openSink();
    sink.answerNext(500);
    const config = { id: 'a', url: sink.url, token: 'token-secret' };
    const taskId = await first.send('hi', config);
    const { nextAt } = await first.recorder.nth(1);
    await first.agent.close();
    const encryptionKey = randomBytes(32).toString('base64');
    const second = await start({ encryptionKey });
    await fleet.clock.leapTo(nextAt!);
    await second.logs.find(/^error .*waits.*was push.encryptionKey changed/s);
    const params = { taskId, id: 'a' };
    const answer = await jsonRpc.call(second.agent.url, GET, params);
    expect(jsonRpc.reason(answer)).toBe('-32603');
    const said = JSON.stringify([second.logs.lines, answer.body]);
    expect(said).not.toContain('token-secret');
    expect(said).not.toContain(String(sink.port));
    expect(sink.received).toHaveLength(1);
    // With the right key it goes on where it was: no attempt was lost on it.
    await second.agent.close();
    const third = await start();
    await fleet.leap(60_000);
    expect(await third.recorder.nth(1)).toMatchObject({
      outcome: 'delivered',
      attempt: 2,
    });
  });
});
