import { MemoryWakeBus } from './memory-wake-bus.js';

/** After all microtasks. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('MemoryWakeBus', () => {
  it('calls once for many rings of a topic in a row', async () => {
    const bus = new MemoryWakeBus();
    const work = jest.fn();
    const push = jest.fn();
    bus.on('work', work);
    bus.on('push', push);
    bus.ring(['work', 'work']);
    bus.ring(['work', 'push']);
    await settled();
    expect(work).toHaveBeenCalledTimes(1);
    expect(push).toHaveBeenCalledTimes(1);
    bus.ring(['work']);
    await settled();
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('calls before anything that waits for the event loop', async () => {
    const bus = new MemoryWakeBus();
    const seen: string[] = [];
    bus.on('work', () => seen.push('hint'));
    setImmediate(() => seen.push('event loop'));
    bus.ring(['work']);
    seen.push('ring has returned');
    await settled();
    expect(seen).toEqual(['ring has returned', 'hint', 'event loop']);
  });

  it('delivers what a callback rings', async () => {
    const bus = new MemoryWakeBus();
    const push = jest.fn();
    bus.on('work', () => bus.ring(['push']));
    bus.on('push', push);
    bus.ring(['work']);
    await settled();
    expect(push).toHaveBeenCalledTimes(1);
  });

  it('calls nobody who stopped listening between the ring and the hint, nor who began', async () => {
    const bus = new MemoryWakeBus();
    const late = jest.fn();
    const stopped = jest.fn();
    let stop = () => {};
    bus.on('work', () => {
      stop();
      bus.on('work', late);
    });
    stop = bus.on('work', stopped);
    bus.ring(['work']);
    await settled();
    expect(stopped).not.toHaveBeenCalled();
    expect(late).not.toHaveBeenCalled();
  });

  it('keeps nothing of topics that nobody listens to', async () => {
    const bus = new MemoryWakeBus();
    const stops = Array.from({ length: 100 }, (_, index) =>
      bus.on(`task:${index}`, () => {}),
    );
    stops.push(bus.on('task:1', () => {}));
    expect(bus.size).toBe(100);
    stops.forEach((stop) => stop());
    expect(bus.size).toBe(0);
    // An old unsubscribe does not harm whoever listens now.
    const again = jest.fn();
    bus.on('task:1', again);
    stops.forEach((stop) => stop());
    bus.ring(['task:1', 'task:2']);
    await settled();
    expect(again).toHaveBeenCalledTimes(1);
  });

  it('calls nobody after it was closed, also for an earlier ring', async () => {
    const bus = new MemoryWakeBus();
    const callback = jest.fn();
    bus.on('work', callback);
    bus.ring(['work']);
    bus.close();
    bus.ring(['work']);
    await settled();
    expect(callback).not.toHaveBeenCalled();
    expect(bus.size).toBe(0);
  });
});
