import { isStoreError, StoreError } from './store-error.js';

describe('StoreError', () => {
  it('is recognised by its code', () => {
    const cause = new Error('socket');
    const error = new StoreError('UNAVAILABLE', 'no answer', { cause });
    expect(isStoreError(error)).toBe(true);
    expect(isStoreError(error, 'UNAVAILABLE')).toBe(true);
    expect(isStoreError(error, 'FENCE_LOST')).toBe(false);
    expect(error.cause).toBe(cause);
    expect(error.name).toBe('StoreError');
  });

  it('is not mistaken for what only looks like one', () => {
    const lookalike = Object.assign(new Error('x'), { code: 'FENCE_LOST' });
    for (const value of [lookalike, { code: 'FENCE_LOST' }, undefined, null]) {
      expect(isStoreError(value, 'FENCE_LOST')).toBe(false);
    }
  });
});
