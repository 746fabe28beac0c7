import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import { type RedisClient } from './redis-driver.js';
import { type RedisOptions, settingsOf } from './redis-options.js';

const url = 'redis://localhost';

describe('options of redis()', () => {
  it('have defaults', () => {
    expect(settingsOf({ url })).toEqual({ url, channelPrefix: 'a2a' });
  });

  it('take a client of ioredis 5 and 6, for one server and for a cluster', () => {
    const clients: RedisClient[] = [
      new Redis({ lazyConnect: true }),
      new Cluster([], { lazyConnect: true }),
      new Redis5({ lazyConnect: true }),
      new Cluster5([], { lazyConnect: true }),
    ];
    for (const client of clients) {
      expect(settingsOf({ client }).client).toBe(client);
      client.disconnect();
    }
  });

  it.each<RedisOptions>([
    {},
    { url, client: new Redis({ lazyConnect: true }) },
    { url: '' },
    { url: 'localhost:6379' },
    { url: 'http://localhost' },
    { url: 'redis://' },
    { url, channelPrefix: '' },
  ])('are refused where they make no sense', (options) => {
    expect(() => settingsOf(options)).toThrow(TypeError);
  });

  it('are refused where there is none of that name', () => {
    const misspelt = { url, prefix: 'x' };
    expect(() => settingsOf(misspelt)).toThrow('redis() knows no "prefix"');
  });

  it('do not say the password where they are refused', () => {
    const secret = 'redis://u:hunter2@h:port/';
    expect(() => settingsOf({ url: secret })).toThrow('"url" of redis()');
    expect(() => settingsOf({ url: secret })).not.toThrow('hunter2');
  });
});
