import { reasonOf } from './redis-reason.js';

describe('the reason of an error', () => {
  it.each([
    [
      Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), {
        code: 'ECONNREFUSED',
      }),
      'ECONNREFUSED',
    ],
    [new Error('WRONGPASS invalid username-password pair'), 'WRONGPASS'],
    [new Error('Connection is closed.'), undefined],
    [Object.assign(new Error('secret'), { code: 'has secret' }), undefined],
    ['WRONGPASS', undefined],
    [undefined, undefined],
  ])('is a code or nothing: %p', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});
