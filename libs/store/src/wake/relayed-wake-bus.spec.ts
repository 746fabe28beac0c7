import { setImmediate } from 'node:timers/promises';
import { RelayedWakeBus, type WakeRelay } from './relayed-wake-bus.js';

const PEER = JSON.stringify({ from: 'peer', topics: ['work'] });

describe('a wake-up over a relay', () => {
  let warnings: string[];
  let wake: RelayedWakeBus;
  const onWarning = (text: string) => warnings.push(text);

  beforeEach(() => {
    warnings = [];
    wake = new RelayedWakeBus({ via: 'Redis', onWarning });
  });

  const relay = (changes: Partial<WakeRelay> = {}): WakeRelay => ({
    send: async () => undefined,
    close: async () => undefined,
    ...changes,
  });

  it('has readers look more often while nothing arrives', () => {
    expect([wake.isListening, wake.pollMs]).toEqual([false, 250]);
    wake.connected();
    expect([wake.isListening, wake.pollMs]).toEqual([true, 1_000]);
    wake.disconnected('ECONNREFUSED');
    expect([wake.isListening, wake.pollMs]).toEqual([false, 250]);
  });

  it('says once that nothing arrives, and once that it does again', () => {
    wake.connected();
    expect(warnings).toEqual([]);
    wake.disconnected('ECONNREFUSED');
    wake.disconnected('no answer');
    wake.connected();
    wake.connected();
    expect(warnings).toEqual([
      'Redis does not pass on wake-ups (ECONNREFUSED): until it does, instances look for work by themselves, which takes longer',
      'Redis passes on wake-ups again',
    ]);
  });

  it('goes on where the one who is warned throws', () => {
    wake = new RelayedWakeBus({
      via: 'Redis',
      onWarning: () => {
        throw new Error('no log');
      },
    });
    wake.disconnected('no answer');
    expect(wake.pollMs).toBe(250);
  });

  it('passes on what is rung, and hears others and not itself', async () => {
    const sent: string[] = [];
    wake.attach(
      relay({ send: async (payloads) => void sent.push(...payloads) }),
    );
    let heard = 0;
    wake.on('work', () => (heard += 1));
    wake.ring(['work']);
    wake.ring([]);
    await setImmediate();
    expect(sent).toHaveLength(1);
    sent.forEach((payload) => wake.hear(payload));
    await setImmediate();
    expect(heard).toBe(1);
    wake.hear(PEER);
    await setImmediate();
    expect(heard).toBe(2);
  });

  it('sends what was rung before it closes the relay, then says and does nothing', async () => {
    const done: string[] = [];
    wake.attach(
      relay({
        send: async () => {
          await setImmediate();
          done.push('sent');
        },
        close: async () => {
          done.push('closed');
          wake.disconnected('connection closed');
        },
      }),
    );
    let heard = 0;
    wake.on('work', () => (heard += 1));
    wake.ring(['push']);
    await wake.close();
    await wake.close();
    wake.ring(['work']);
    wake.hear(PEER);
    await setImmediate();
    expect([done, heard, warnings]).toEqual([['sent', 'closed'], 0, []]);
  });

  it('is closed also where the relay hangs', async () => {
    let fail: (error: Error) => void = () => undefined;
    const hanging = new Promise<void>((_resolve, reject) => (fail = reject));
    const close = async () => fail(new Error('closed'));
    wake.attach(relay({ send: () => hanging, close }));
    wake.ring(['work']);
    await wake.close();
    await expect(hanging).rejects.toThrow('closed');
  });
});
