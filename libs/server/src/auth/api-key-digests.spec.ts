import crypto from 'node:crypto';
import { digestOf, findByDigest, readDigest } from './api-key-digests.js';

const KEY = 'a key of some length';

describe('digests of keys', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['the first', 'one-one-one-one-one', 1],
    ['the last', 'three-three-three', 3],
    ['none', 'four-four-four-four', undefined],
  ])(
    'are all compared in constant time, also where %s is it',
    (_which, key, id) => {
      const compare = jest.spyOn(crypto, 'timingSafeEqual');
      const entries = [
        { id: 1, digest: readDigest('one-one-one-one-one') },
        { id: 2, digest: readDigest('two-two-two-two-two') },
        { id: 3, digest: readDigest('three-three-three') },
      ];
      expect(findByDigest(entries, digestOf(key))?.id).toBe(id);
      expect(compare).toHaveBeenCalledTimes(3);
    },
  );

  it('may stand in the options in place of the keys', () => {
    const hex = digestOf(KEY).toString('hex');
    expect(readDigest(`sha256:${hex}`)).toEqual(digestOf(KEY));
    expect(readDigest(`sha256:${hex.toUpperCase()}`)).toEqual(digestOf(KEY));
    expect(readDigest(KEY)).toEqual(digestOf(KEY));
  });

  it.each(['sha256:', 'sha256:abc', `sha256:${'g'.repeat(64)}`, 'short', ''])(
    'are not made of %j',
    (text) => {
      expect(() => readDigest(text)).toThrow(TypeError);
    },
  );
});
