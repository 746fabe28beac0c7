import { SYSTEM_CONTEXT } from '../scope.js';
import {
  type SqlDatabase,
  type SqlSession,
  TransactionRetry,
} from './sql-database.js';
import { Transactions } from './transactions.js';

const SESSION: SqlSession = { run: async () => [], insert: async () => {} };

/** A database that only runs the work. */
const DATABASE: SqlDatabase = {
  read: (work) => work(SESSION),
  write: (work) => work(SESSION),
  now: () => 0,
  health: async () => ({ isUp: true }),
};

describe('transactions', () => {
  const transactions = new Transactions(DATABASE);
  const failing = (failures: number) => {
    let calls = 0;
    return async () => {
      calls += 1;
      if (calls <= failures) {
        throw new TransactionRetry('another was faster');
      }
      return calls;
    };
  };

  describe.each(['read', 'write'] as const)('that %s', (kind) => {
    it('try again what had to give way', async () => {
      expect(await transactions[kind](failing(3))).toBe(4);
    });

    it('give up in the end, and say that nothing is known', async () => {
      const call = transactions[kind](failing(100));
      await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
  });

  it('try nothing again in a transaction of the host, who has seen what is outdated', async () => {
    const call = transactions.write(failing(1), {
      ...SYSTEM_CONTEXT,
      transaction: {},
    });
    await expect(call).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  });

  it('let other errors rise', async () => {
    const error = new Error('ours');
    await expect(transactions.write(() => Promise.reject(error))).rejects.toBe(
      error,
    );
  });

  it('end the wait of a caller that has gone', async () => {
    const gone = new AbortController();
    const never = () => new Promise<never>(() => {});
    const call = transactions.read(never, {
      ...SYSTEM_CONTEXT,
      signal: gone.signal,
    });
    gone.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
    const late = transactions.write(never, {
      ...SYSTEM_CONTEXT,
      signal: gone.signal,
    });
    await expect(late).rejects.toThrow('gone');
  });
});
