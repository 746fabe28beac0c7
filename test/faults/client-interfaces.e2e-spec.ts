import { refusingUrl } from '../support/faults/black-hole.js';
import { collect, failureOf, FaultLab } from '../support/faults/fault-lab.js';
import { refuse, resetAfter } from '../support/faults/faults.js';

const BINDINGS = ['JSONRPC', 'HTTP+JSON'] as const;

describe.each(BINDINGS)(
  'an agent with a dead interface, over %s',
  (binding) => {
    let lab: FaultLab;

    beforeEach(() => {
      lab = new FaultLab();
    });

    afterEach(() => lab.close());

    it.each([
      ['refuses connections', refusingUrl],
      ['never answers a connection', () => lab.blackHole()],
    ])('is called at the next when the first %s', async (_, dead) => {
      const deadInterfaces = [await dead()];
      const agent = await lab.agent({ binding, deadInterfaces });
      const client = await lab.client(agent.url, { connectTimeoutMs: 100 });
      expect((await client.send('hi')).completed).toBe(true);
      expect(agent.made).toBe(1);
      expect(client.agentInterface.url).toBe(`${agent.url}/a2a`);
      const events = await collect(client.stream('hi'));
      expect(events.at(-1)?.isFinal).toBe(true);
      expect(agent.made).toBe(2);
      expect((await client.getTask('t1')).completed).toBe(true);
    });

    it('is not asked at the dead one again for a while', async () => {
      const deadInterfaces = [await lab.blackHole()];
      const agent = await lab.agent({ binding, deadInterfaces });
      // Each look at it would take longer than a test has.
      const client = await lab.client(agent.url, { connectTimeoutMs: 8_000 });
      const first = client.getTask('none', { timeoutMs: 25_000 });
      await expect(first).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
      const quick = { timeoutMs: 4_000 };
      await expect(client.getTask('none', quick)).rejects.toMatchObject({
        code: 'TASK_NOT_FOUND',
      });
    });

    it('fails when none can be reached, and nothing was sent', async () => {
      const agent = await lab.agent({ binding });
      const dead = [await refusingUrl(), await refusingUrl()];
      const client = await lab.client(cardWith(agent.card(), dead, binding));
      expect(await failureOf(client.send('hi'))).toMatchObject({
        code: 'connection-failed',
        isUnsent: true,
      });
      expect(agent.asked).toEqual([]);
    });

    it('is not sent a message elsewhere that may have arrived', async () => {
      const agent = await lab.agent({ binding });
      const other = await lab.agent({ binding });
      agent.faults.push(resetAfter);
      const urls = [`${agent.url}/a2a`, `${other.url}/a2a`];
      const client = await lab.client(cardWith(agent.card(), urls, binding));
      await expect(client.send('hi')).rejects.toMatchObject({
        code: 'outcome-unknown',
      });
      expect(agent.made + other.made).toBe(1);
      expect(other.asked).toEqual([]);
    });

    it('is not asked elsewhere where the first has no time', async () => {
      const agent = await lab.agent({ binding });
      agent.faults.push(refuse(503));
      const client = await lab.client(agent.url);
      await client.send('hi');
      expect(agent.made).toBe(1);
    });

    it('is given up by the time of the call', async () => {
      const agent = await lab.agent({ binding });
      const urls = [await lab.blackHole()];
      const client = await lab.client(cardWith(agent.card(), urls, binding));
      const error = await failureOf(client.send('hi', { timeoutMs: 100 }));
      // Nothing can have arrived.
      expect(error).toMatchObject({ code: 'timeout' });
    });

    it('is given up by the caller', async () => {
      const agent = await lab.agent({ binding });
      const urls = [await lab.blackHole()];
      const client = await lab.client(cardWith(agent.card(), urls, binding));
      const signal = AbortSignal.timeout(50);
      expect(await failureOf(client.send('hi', { signal }))).toMatchObject({
        code: 'aborted',
      });
    });

    it('does not answer where its card is', async () => {
      const url = await lab.blackHole();
      expect(
        await failureOf(lab.client(url, { connectTimeoutMs: 100 })),
      ).toMatchObject({
        code: expect.stringMatching(/connection-failed|timeout/),
      });
      const refusing = await refusingUrl();
      expect(await failureOf(lab.client(refusing))).toMatchObject({
        code: 'connection-failed',
      });
    });
  },
);

function cardWith(
  card: object,
  urls: readonly string[],
  protocolBinding: string,
): object {
  const supportedInterfaces = urls.map((url) => ({
    url,
    protocolBinding,
    protocolVersion: '1.0',
  }));
  return { ...card, supportedInterfaces };
}
