import { isStoreError } from '@nest-a2a/store';
import { TransactionRetry } from '@nest-a2a/store/sql';
import {
  isAnswered,
  saysNotPrepared,
  toStoreError,
} from './postgres-errors.js';

/** An error as the server sends it. */
function answer(code: string): Error {
  return Object.assign(new Error('from the server'), {
    severity: 'ERROR',
    code,
  });
}

describe('errors of PostgreSQL', () => {
  it.each([
    '08006',
    '08P01',
    '53300',
    '53100',
    '55P03',
    '57014',
    '57P01',
    '57P03',
    '25P03',
    '25006',
    '28P01',
  ])('are UNAVAILABLE where the server cannot do it now: %s', (code) => {
    expect(isStoreError(toStoreError(answer(code)), 'UNAVAILABLE')).toBe(true);
  });

  it.each(['08006', '57P01', '25P03', '25006'])(
    'end the connection where it is of no use any more: %s',
    (code) => {
      expect(isAnswered(answer(code))).toBe(false);
      expect(isAnswered(answer('57014'))).toBe(true);
    },
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])(
    'are UNAVAILABLE where the connection is lost: %s',
    (code) => {
      const error = Object.assign(new Error('from the system'), { code });
      expect(isStoreError(toStoreError(error), 'UNAVAILABLE')).toBe(true);
      expect(isAnswered(error)).toBe(false);
    },
  );

  it.each(['40001', '40P01', '26000', '42P05', '0A000'])(
    'are tried again: %s',
    (code) => {
      expect(toStoreError(answer(code))).toBeInstanceOf(TransactionRetry);
    },
  );

  it.each(['23505', '42P01', '22P02'])(
    'rise as they are where they are our own: %s',
    (code) => {
      const error = answer(code);
      expect(toStoreError(error)).toBe(error);
      expect(isAnswered(error)).toBe(true);
    },
  );

  it('tell when prepared statements do not work', () => {
    expect(saysNotPrepared(answer('26000'))).toBe(true);
    expect(saysNotPrepared(answer('40001'))).toBe(false);
  });
});
