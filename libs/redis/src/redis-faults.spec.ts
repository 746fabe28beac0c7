import { Redis } from 'ioredis';
import { BlackHole } from '../test/black-hole.js';
import { hears, RedisFixture, until } from '../test/redis-fixture.js';
import { describeWithOwnRedis, RedisServer } from '../test/redis-server.js';

const LOST = expect.stringMatching(
  /^Redis does not pass on wake-ups \([\w ]+\): /,
);
const BACK = 'Redis passes on wake-ups again';

describeWithOwnRedis('redis, when something breaks', () => {
  const fixture = new RedisFixture();
  let server: RedisServer;
  let namespace: string;

  beforeEach(() => {
    server = new RedisServer();
    namespace = fixture.newNamespace();
  });
  afterEach(async () => {
    await fixture.closeAll();
    await server.close();
  });

  const open = (options: object = { url: server.url }) =>
    fixture.open(options, namespace);

  it('opens without Redis, warns, has readers poll, and connects later', async () => {
    await server.takePort();
    const [one, two] = [await open(), await open()];
    expect(one.warnings).toEqual([LOST]);
    expect(one.warnings[0]).toContain('ECONNREFUSED');
    expect(one.wake.pollMs).toBe(250);
    // Within the process hints arrive all the same.
    await hears(one, one);
    await server.start();
    await until(() => one.wake.pollMs === 1_000 && two.wake.pollMs === 1_000);
    expect(one.warnings).toEqual([LOST, BACK]);
    await hears(one, two);
    await hears(two, one);
  });

  it('goes on when Redis is killed in the middle and started again', async () => {
    await server.start();
    const [one, two] = [await open(), await open()];
    await hears(one, two);
    for (const round of [1, 2]) {
      await server.kill();
      await until(() => one.wake.pollMs === 250 && two.wake.pollMs === 250);
      for (let ring = 0; ring < 1_000; ring += 1) {
        one.wake.ring(['work', `task:${ring}`]);
      }
      await hears(one, one);
      await server.start();
      await until(() => one.wake.pollMs === 1_000 && two.wake.pollMs === 1_000);
      await hears(one, two);
      await hears(two, one);
      expect(one.warnings).toHaveLength(2 * round);
    }
    expect(one.warnings).toEqual([LOST, BACK, LOST, BACK]);
  });

  it('keeps little for a Redis that hangs, and never waits for it', async () => {
    await server.start();
    const host = new Redis(server.url, { lazyConnect: true });
    const made: Redis[] = [];
    jest.spyOn(host, 'duplicate').mockImplementation((override) => {
      const client = Redis.prototype.duplicate.call(host, override);
      made.push(client);
      return client;
    });
    const [one, two] = [await open({ client: host }), await open()];
    await hears(two, one);
    server.freeze();
    let rings = 0;
    await until(() => {
      // However long it takes until the silence is noticed.
      for (let topic = 0; topic < 1_000; topic += 1) {
        one.wake.ring([`task:${rings}-${topic}`]);
      }
      rings += 1;
      return one.wake.pollMs === 250;
    });
    await hears(one, one);
    expect(made).toHaveLength(2);
    for (const client of made) {
      const { commandQueue, offlineQueue } = client as unknown as {
        commandQueue: { length: number };
        offlineQueue: { length: number };
      };
      expect(commandQueue.length + offlineQueue.length).toBeLessThan(10);
    }
    server.thaw();
    await until(() => one.wake.pollMs === 1_000 && two.wake.pollMs === 1_000);
    await hears(two, one);
    await hears(one, two);
    expect(one.warnings).toEqual([LOST, BACK]);
    host.disconnect();
  });

  it('notices a subscription whose connection was closed by the server', async () => {
    await server.start();
    const [one, two] = [await open(), await open()];
    await hears(one, two);
    await server.ask((client) =>
      client.call('CLIENT', 'KILL', 'TYPE', 'pubsub'),
    );
    await until(() => one.warnings.length === 2 && two.warnings.length === 2);
    expect(one.warnings).toEqual([LOST, BACK]);
    await hears(one, two);
  });

  it('makes connections anew that nothing comes over any more', async () => {
    await server.start();
    const hole = fixture.closeLater(await BlackHole.open(server.url));
    const [one, two] = [await open({ url: hole.url }), await open()];
    await hears(one, two);
    hole.swallow();
    await until(() => one.warnings.length === 2);
    expect(one.warnings).toEqual([LOST, BACK]);
    await hears(one, two);
    await hears(two, one);
  });

  it('is closed soon, also while Redis hangs or is away', async () => {
    await server.start();
    const [hanging, away] = [await open(), await open()];
    server.freeze();
    hanging.wake.ring(['work']);
    await hanging.close();
    server.thaw();
    await server.kill();
    away.wake.ring(['work']);
    await away.close();
    await away.close();
    expect(hanging.warnings).toEqual([]);
  });

  it('leaves no connection open, and calls nobody any more', async () => {
    await server.start();
    const [one, two] = [await open(), await open()];
    await hears(one, two);
    let heard = 0;
    one.wake.on('push', () => (heard += 1));
    await one.close();
    await two.close();
    two.wake.ring(['push']);
    await until(async () => {
      const list = await server.ask((client) => client.client('LIST'));
      return !String(list).includes('name=nest-a2a');
    });
    expect(heard).toBe(0);
    expect([...one.warnings, ...two.warnings]).toEqual([]);
  });
});
