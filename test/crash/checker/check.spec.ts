import { check } from './check.js';
import { legalHistory } from './samples/legal-history.js';

describe('check', () => {
  it('finds nothing in a history with all that may happen', () => {
    expect(check(legalHistory())).toEqual([]);
  });
});
