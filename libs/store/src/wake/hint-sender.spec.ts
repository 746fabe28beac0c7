import { setImmediate } from 'node:timers/promises';
import { fromPayload } from './topic-payloads.js';
import { HintSender } from './hint-sender.js';

describe('sending hints', () => {
  /** A server that answers when it is told to. */
  function slowServer() {
    const sent: string[][] = [];
    const answers: (() => void)[] = [];
    const send = (payloads: readonly string[]) =>
      new Promise<void>((resolve) => {
        sent.push(payloads.flatMap((payload) => fromPayload(payload, 'other')));
        answers.push(resolve);
      });
    const answer = async () => {
      answers.shift()?.();
      await setImmediate();
    };
    return { sent, send, answer };
  }

  it('puts together what is rung while one is under way', async () => {
    const { sent, send, answer } = slowServer();
    const sender = new HintSender('me', send);
    sender.ring(['task:1']);
    sender.ring(['task:2']);
    await setImmediate();
    for (let round = 0; round < 100; round += 1) {
      sender.ring(['task:3', 'work']);
    }
    await answer();
    await answer();
    await answer();
    expect(sent).toEqual([
      ['task:1', 'task:2'],
      ['task:3', 'work'],
    ]);
  });

  it('goes on after a hint that could not be sent', async () => {
    const sent: string[] = [];
    const sender = new HintSender('me', async (payloads) => {
      sent.push(...payloads);
      throw new Error('the server is away');
    });
    sender.ring(['work']);
    await setImmediate();
    sender.ring(['push']);
    await setImmediate();
    expect(sent).toHaveLength(2);
  });

  it('keeps no more than a number of topics for a server that is away', async () => {
    const { sent, send, answer } = slowServer();
    const sender = new HintSender('me', send);
    sender.ring(['work']);
    await setImmediate();
    sender.ring(
      Array.from({ length: 20_000 }, (_, index) => `task:${index}` as const),
    );
    await answer();
    expect(sent[1]).toHaveLength(10_000);
    await answer();
  });

  it('waits for what is under way when it stops, and sends nothing more', async () => {
    const { sent, send, answer } = slowServer();
    const sender = new HintSender('me', send);
    sender.ring(['work']);
    await setImmediate();
    let isStopped = false;
    const stopped = sender.stop().then(() => (isStopped = true));
    await setImmediate();
    expect(isStopped).toBe(false);
    sender.ring(['push']);
    await answer();
    await stopped;
    expect(sent).toEqual([['work']]);
  });
});
