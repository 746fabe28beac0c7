import { describeWakeBus } from '@nest-a2a/store/contract';
import { hears, RedisFixture } from '../test/redis-fixture.js';
import { describeWithRedis, RedisServer } from '../test/redis-server.js';

const runner = { describe, it, beforeEach, afterEach };

describeWithRedis('redis', () => {
  const server = new RedisServer();
  const fixture = new RedisFixture();

  beforeAll(() => server.start(), 60_000);
  afterAll(() => server.close());
  afterEach(() => fixture.closeAll());

  const openTwo = async (namespace = fixture.newNamespace()) => {
    const { url } = server;
    const one = await fixture.open({ url }, namespace);
    const two = await fixture.open({ url }, namespace);
    return { one, two };
  };

  describeWakeBus(runner, {
    open: async () => {
      const { one, two } = await openTwo();
      return { wake: one.wake, peer: two.wake, close: async () => undefined };
    },
  });

  it.each([
    ['namespaces', { channelPrefix: 'a' }, { channelPrefix: 'a' }],
    ['prefixes', { channelPrefix: 'a' }, { channelPrefix: 'b' }],
  ])('is not heard across %s', async (kind, ours, theirs) => {
    const { url } = server;
    const namespace = fixture.newNamespace();
    const other = kind === 'namespaces' ? fixture.newNamespace() : namespace;
    const one = await fixture.open({ url, ...ours }, namespace);
    const peer = await fixture.open({ url, ...ours }, namespace);
    const stranger = await fixture.open({ url, ...theirs }, other);
    let strange = 0;
    stranger.wake.on('work', () => (strange += 1));
    await hears(peer, one);
    // What came the same way afterwards has come.
    await hears(stranger, stranger);
    const before = strange;
    await hears(peer, one);
    await server.ask((client) => client.ping());
    expect(strange).toBe(before);
  });

  it('does not mind what others publish on its channel', async () => {
    const namespace = fixture.newNamespace();
    const { one, two } = await openTwo(namespace);
    let heard = 0;
    one.wake.on('work', () => (heard += 1));
    await server.ask(async (client) => {
      const channel = `a2a:${namespace}`;
      const garbage = [
        '',
        'work',
        '{',
        'null',
        '[[]]',
        '{"topics":"work"}',
        '{"from":{},"topics":[{},null,7,["work"]]}',
        `{"topics":["work","${'x'.repeat(1_000_000)}"]}`,
        Buffer.from([0, 255, 254, 10]),
      ];
      for (const message of garbage) {
        await client.publish(channel, message);
      }
    });
    expect(heard).toBe(0);
    await hears(one, two);
    await hears(two, one);
    expect(one.warnings).toEqual([]);
  });

  it('does not hear itself twice', async () => {
    const { one, two } = await openTwo();
    await hears(two, one);
    // Hints of that may still be on their way: other topics from here on.
    let [own, others] = [0, 0];
    one.wake.on('task:1', () => (own += 1));
    two.wake.on('task:1', () => (others += 1));
    one.wake.ring(['task:1']);
    while (others === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What is sent afterwards comes afterwards.
    let isBack = false;
    one.wake.on('push', () => (isBack = true));
    two.wake.ring(['push']);
    while (!isBack) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([own, others]).toEqual([1, 1]);
  });
});
