import { createMemoryWebhookStore } from './memory-webhook-store.js';

describe('what a receiver remembers in memory', () => {
  let now = 0;
  const clock = { now: () => now };
  const handled = async (
    store: ReturnType<typeof createMemoryWebhookStore>,
    key: string,
  ) => {
    await store.claim(key, 'me');
    await store.complete(key, 'me');
  };

  it('is forgotten when it is old', async () => {
    const store = createMemoryWebhookStore({ rememberMs: 1_000, clock });
    await handled(store, 'a');
    now += 999;
    await handled(store, 'b');
    expect(await store.claim('a', 'me')).toBe('handled');
    now += 1;
    expect(await store.claim('a', 'me')).toBe('claimed');
    expect(await store.claim('b', 'me')).toBe('handled');
  });

  it('is bounded; the oldest goes first, and what is in progress stays', async () => {
    const store = createMemoryWebhookStore({ maxWebhooks: 2, maxTasks: 2 });
    await store.claim('busy', 'me');
    for (const key of ['a', 'b', 'c']) await handled(store, key);
    expect(await store.claim('a', 'me')).toBe('claimed');
    expect(await store.claim('b', 'me')).toBe('handled');
    expect(await store.claim('busy', 'you')).toBe('in-progress');
    for (const task of ['x', 'y', 'x', 'z']) await store.advance(task, 1);
    const places = ['x', 'y', 'z'].map((task) => store.lastSequence(task));
    expect(await Promise.all(places)).toEqual([1, undefined, 1]);
  });

  it('is given up by its owner only', async () => {
    const store = createMemoryWebhookStore();
    await store.claim('a', 'me');
    await store.release('a', 'you');
    expect(await store.claim('a', 'you')).toBe('in-progress');
    await store.release('a', 'me');
    expect(await store.claim('a', 'you')).toBe('claimed');
  });

  it('is the latest place of a task', async () => {
    const store = createMemoryWebhookStore();
    await store.advance('x', 5);
    await store.advance('x', 3);
    expect(await store.lastSequence('x')).toBe(5);
  });

  it.each(['rememberMs', 'maxWebhooks', 'maxTasks'])(
    'has a bound %s that is positive',
    (name) => {
      expect(() => createMemoryWebhookStore({ [name]: 0 })).toThrow(
        `${name} must be a positive number`,
      );
    },
  );
});
