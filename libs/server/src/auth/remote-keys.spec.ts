import { type JWTVerifyGetKey } from 'jose';
import { Logger } from '@nestjs/common';
import { RemoteKeys } from './remote-keys.js';

const KEY = new Uint8Array(32);
const TIMES = { cacheMs: 1_000, staleMs: 5_000, cooldownMs: 100 };
const unknown = new Error('No key fits');
const token = { payload: '', signature: '' };

/** Keys of an issuer that a test leads. */
class Issuer {
  kids = ['k1'];
  isDown = false;
  loads = 0;
  now = 0;
  readonly keys = new RemoteKeys(
    () => this.load(),
    TIMES,
    (error) => error === unknown,
    () => this.now,
  );

  ask = async (kid: string) => this.keys.get({ alg: 'ES256', kid }, token);

  private async load(): Promise<JWTVerifyGetKey> {
    this.loads += 1;
    if (this.isDown) throw new Error('down');
    const kids = [...this.kids];
    return async ({ kid }) => {
      if (kid === undefined || !kids.includes(kid)) throw unknown;
      return KEY;
    };
  }
}

describe('keys that are elsewhere', () => {
  let issuer: Issuer;

  beforeEach(() => {
    Logger.overrideLogger(false);
    issuer = new Issuer();
  });

  it('are asked for once, whoever waits for them', async () => {
    const asked = [issuer.ask('k1'), issuer.ask('k1'), issuer.ask('k1')];
    expect(await Promise.all(asked)).toEqual([KEY, KEY, KEY]);
    await issuer.ask('k1');
    expect(issuer.loads).toBe(1);
  });

  it('are asked for again when they are old', async () => {
    await issuer.ask('k1');
    issuer.now = 999;
    await issuer.ask('k1');
    expect(issuer.loads).toBe(1);
    issuer.now = 1_000;
    await issuer.ask('k1');
    expect(issuer.loads).toBe(2);
  });

  it('are asked for again for a key that is not among them, at a bounded rate', async () => {
    await issuer.ask('k1');
    issuer.kids = ['k1', 'k2'];
    await expect(issuer.ask('k2')).rejects.toBe(unknown);
    expect(issuer.loads).toBe(1);
    issuer.now = 100;
    expect(await issuer.ask('k2')).toBe(KEY);
    for (const kid of ['a', 'b', 'c']) {
      await expect(issuer.ask(kid)).rejects.toBe(unknown);
    }
    expect(issuer.loads).toBe(2);
  });

  it('are good for a while when they cannot be had any more, and then not', async () => {
    await issuer.ask('k1');
    issuer.isDown = true;
    issuer.now = 5_999;
    expect(await issuer.ask('k1')).toBe(KEY);
    await expect(issuer.ask('k2')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(issuer.loads).toBe(2);
    issuer.now = 6_000;
    await expect(issuer.ask('k1')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterSeconds: 5,
    });
  });

  it('are not asked for more often while nobody answers', async () => {
    issuer.isDown = true;
    for (const now of [0, 50, 99]) {
      issuer.now = now;
      await expect(issuer.ask('k1')).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
    }
    expect(issuer.loads).toBe(1);
    issuer.isDown = false;
    issuer.now = 100;
    expect(await issuer.ask('k1')).toBe(KEY);
  });
});
