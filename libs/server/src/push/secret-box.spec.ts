import { randomBytes } from 'node:crypto';
import {
  type PushTarget,
  SecretBox,
  UnopenedSecretError,
} from './secret-box.js';

const TARGET: PushTarget = {
  url: 'https://hooks.example.com/a',
  token: 'my-secret-token',
  authentication: { scheme: 'Bearer', credentials: 'abc' },
};
const KEY = randomBytes(32).toString('base64');

describe('SecretBox', () => {
  it('gives back what it sealed', () => {
    const box = new SecretBox(KEY);
    expect(box.open(box.seal(TARGET, 'name'), 'name')).toEqual(TARGET);
  });

  it('opens what another process with the same key has sealed, however the bytes were stored', () => {
    const sealed = new SecretBox(KEY).seal(TARGET, 'name');
    const padded = new Uint8Array(sealed.length + 8);
    padded.set(sealed, 8);
    for (const stored of [Uint8Array.from(sealed), padded.subarray(8)]) {
      expect(new SecretBox(KEY).open(stored, 'name')).toEqual(TARGET);
    }
  });

  it('hides all of it, and differently each time', () => {
    const box = new SecretBox(KEY);
    const [one, two] = [box.seal(TARGET, 'name'), box.seal(TARGET, 'name')];
    for (const text of ['hooks', 'my-secret-token', 'Bearer']) {
      expect(Buffer.from(one).includes(text)).toBe(false);
    }
    expect(one).not.toEqual(two);
  });

  it('opens nothing with another key, or with none', () => {
    const sealed = new SecretBox(KEY).seal(TARGET, 'name');
    const other = new SecretBox(randomBytes(32).toString('base64'));
    expect(() => other.open(sealed, 'name')).toThrow();
    expect(() => new SecretBox().open(sealed, 'name')).toThrow();
    const mine = new SecretBox().seal(TARGET, 'name');
    expect(() => new SecretBox().open(mine, 'name')).toThrow();
  });

  it('seals with the first of its keys and opens with each, what was sealed before there were several too', () => {
    const other = randomBytes(32).toString('base64');
    const [before, after] = [new SecretBox(KEY), new SecretBox(other)];
    const both = new SecretBox([other, KEY]);
    expect(both.open(before.seal(TARGET, 'name'), 'name')).toEqual(TARGET);
    expect(after.open(both.seal(TARGET, 'name'), 'name')).toEqual(TARGET);
    expect(() => before.open(both.seal(TARGET, 'name'), 'name')).toThrow(
      UnopenedSecretError,
    );
  });

  it('seals anew what another of its keys has sealed, and nothing else', () => {
    const other = randomBytes(32).toString('base64');
    const [before, after] = [new SecretBox(KEY), new SecretBox(other)];
    const both = new SecretBox([other, KEY]);
    const sealed = before.seal(TARGET, 'name');
    const renewed = both.renew(sealed, 'name');
    expect(after.open(renewed!, 'name')).toEqual(TARGET);
    expect(both.renew(renewed!, 'name')).toBeUndefined();
    expect(both.renew(sealed, 'other')).toBeUndefined();
    expect(after.renew(sealed, 'name')).toBeUndefined();
  });

  it('opens nothing under another name: rows cannot be swapped', () => {
    const box = new SecretBox(KEY);
    const sealed = box.seal(TARGET, '["task","a"]');
    expect(() => box.open(sealed, '["task","b"]')).toThrow();
  });

  it('opens nothing that was changed or cut, wherever', () => {
    const box = new SecretBox(KEY);
    const sealed = box.seal(TARGET, 'name');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed);
      changed[index]! ^= 1;
      expect(() => box.open(changed, 'name')).toThrow();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => box.open(sealed.subarray(0, length), 'name')).toThrow();
    }
  });

  it('says nothing of what is in it when it cannot be opened', () => {
    const sealed = new SecretBox(KEY).seal(TARGET, 'name');
    expect.assertions(1);
    try {
      new SecretBox().open(sealed, 'name');
    } catch (error) {
      expect(String((error as Error).stack)).not.toContain('secret-token');
    }
  });
});
