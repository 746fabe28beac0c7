import { FakeClock } from '@nest-a2a/testing';
import { describeTaskStore, describeWakeBus } from '../contract/index.js';
import { memory } from './memory.js';

const runner = { describe, it, beforeEach, afterEach };

async function open() {
  const clock = new FakeClock();
  const runtime = await memory().open({ clock });
  return { ...runtime, advance: (ms: number) => clock.advance(ms) };
}

describeTaskStore(runner, { open });
describeWakeBus(runner, { open });

describe('memory', () => {
  it('says that tasks end with the process', () => {
    expect(memory()).toMatchObject({ name: 'memory', isDurable: false });
  });

  it('takes part in no transaction of the host', async () => {
    const { store } = await open();
    const command = { taskId: 't', events: [], expectedVersion: 1 };
    const context = { access: 'system', transaction: {} } as const;
    const call = store.log.append(command, context);
    await expect(call).rejects.toThrow(TypeError);
  });

  it('opens a store of its own each time, and starts no timer', async () => {
    const clock = new FakeClock();
    const runtime = memory();
    const [first, second] = [
      await runtime.open({ clock }),
      await runtime.open({ clock }),
    ];
    expect(first.store).not.toBe(second.store);
    expect(first.wake).not.toBe(second.wake);
    expect(clock.pendingTimers).toBe(0);
  });

  it('calls nobody any more when it is closed', async () => {
    const { wake, close } = await open();
    const callback = jest.fn();
    wake.on('work', callback);
    wake.ring(['work']);
    await close();
    await close();
    wake.ring(['work']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(callback).not.toHaveBeenCalled();
  });
});
