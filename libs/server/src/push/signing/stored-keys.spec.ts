import { MemoryTaskStore, StoreError, type TaskStore } from '@nest-a2a/store';
import { FakeClock, withMethods } from '@nest-a2a/testing';
import { AlarmLog } from '../../hooks/alarm-log.js';
import { SecretBox } from '../secret-box.js';
import { StoredKeys } from './stored-keys.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const MINUTE = 60_000;

describe('StoredKeys', () => {
  let clock: FakeClock;
  let store: TaskStore;
  let reads: number;
  let failure: Error | undefined;
  let alarms: string[];

  beforeEach(() => {
    clock = new FakeClock();
    const memory = new MemoryTaskStore(clock);
    reads = 0;
    failure = undefined;
    alarms = [];
    store = withMethods<TaskStore>(memory, {
      secrets: withMethods(memory.secrets, {
        list: async (purpose) => {
          reads += 1;
          if (failure) throw failure;
          return memory.secrets.list(purpose);
        },
      }),
    });
  });

  const keysOf = (box = new SecretBox(KEY)) =>
    new StoredKeys({
      store,
      box,
      overlapMs: 60 * MINUTE,
      alarms: new AlarmLog({ error: (line) => alarms.push(String(line)) }, () =>
        clock.now(),
      ),
    });
  const kidsOf = async (keys: StoredKeys) =>
    (await keys.current()).published.map(({ kid }) => kid);

  it('are read once a minute, by all who ask at the same time together', async () => {
    const keys = keysOf();
    const before = await keys.current();
    const start = reads;
    await clock.advance(MINUTE - 1);
    expect(await keys.current()).toBe(before);
    expect(reads).toBe(start);
    await clock.advance(1);
    await Promise.all([keys.current(), keys.current(), keys.current()]);
    expect(reads).toBe(start + 1);
  });

  it('are unsealed once, and the same object signs from then on', async () => {
    const box = new SecretBox(KEY);
    const open = jest.spyOn(box, 'open');
    const keys = keysOf(box);
    const [signer] = (await keys.current()).signers;
    await clock.advance(MINUTE);
    expect((await keys.current()).signers[0]).toBe(signer);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('go on signing while the store is away, and follow it when it is back', async () => {
    const keys = keysOf();
    const known = await kidsOf(keys);
    await clock.advance(MINUTE);
    failure = new StoreError('UNAVAILABLE', 'The store is away');
    expect(await kidsOf(keys)).toEqual(known);
    failure = undefined;
    const kid = await keysOf().rotate(true);
    await clock.advance(5_000);
    expect(await kidsOf(keys)).toEqual([kid]);
  });

  it('are none where the store was never there, nor where it fails in another way', async () => {
    const keys = keysOf();
    failure = new StoreError('UNAVAILABLE', 'The store is away');
    await expect(keys.current()).rejects.toBe(failure);
    failure = undefined;
    await keys.current();
    await clock.advance(MINUTE);
    failure = new TypeError('broken');
    await expect(keys.current()).rejects.toBe(failure);
  });

  it('sign as far as they can be opened, with an alarm for the others', async () => {
    const lost = await kidsOf(
      keysOf(new SecretBox(Buffer.alloc(32, 8).toString('base64'))),
    );
    const keys = keysOf();
    await expect(keys.current()).rejects.toMatchObject({
      code: 'KEYS_NOT_OPENED',
    });
    const kid = await keys.rotate(false);
    expect(await kidsOf(keys)).toEqual([kid]);
    expect(alarms[0]).toContain(`The key ${lost[0]} does not sign`);
  });

  it('are one more where two rotate that knew the same', async () => {
    const [one, other] = [keysOf(), keysOf()];
    const [old] = await kidsOf(one);
    const kids = await Promise.all([one.rotate(false), other.rotate(false)]);
    expect(new Set(kids).size).toBe(1);
    expect(await kidsOf(one)).toEqual([kids[0], old]);
  });

  it('hide the private key from the store', async () => {
    const { published } = await keysOf().current();
    const { d = '', x = '' } = published[0]!.key.export({ format: 'jwk' });
    const [secret] = await store.secrets.list('webhook-signing');
    const text = Buffer.from(secret!.sealed).toString('latin1');
    for (const part of [
      d,
      x,
      'OKP',
      Buffer.from(d, 'base64url').toString('latin1'),
    ]) {
      expect(text).not.toContain(part);
    }
  });
});
