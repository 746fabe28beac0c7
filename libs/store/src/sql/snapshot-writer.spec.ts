import { SYSTEM_CONTEXT } from '../scope.js';
import { StoreError } from '../store-error.js';
import { type SnapshotNeed } from './snapshot.js';
import { SnapshotWriter } from './snapshot-writer.js';
import { type SqlDatabase, type SqlSession } from './sql-database.js';
import { Transactions } from './transactions.js';

const NEED: SnapshotNeed = {
  id: 't',
  version: 3,
  finishedAt: 1,
  snapshotVersion: 0,
  snapshotBytes: 0,
  tailBytes: 10,
};

/** A database whose reads stand still, and then find no task or fail. */
class StandingDatabase implements SqlDatabase {
  readonly asked: string[] = [];
  private readonly waiting: ((error?: Error) => void)[] = [];

  async read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    await new Promise<void>((resolve, reject) => {
      this.waiting.push((error) => (error ? reject(error) : resolve()));
    });
    return work({
      run: async (_statement, [id] = []) => {
        this.asked.push(String(id));
        return [];
      },
      insert: async () => {},
    });
  }

  write(): Promise<never> {
    throw new Error('There is nothing to write');
  }

  now = () => 0;
  health = async () => ({ isUp: true });

  get reads(): number {
    return this.waiting.length;
  }

  /** Lets the oldest read go on, and the writer after it. */
  async go(error?: Error): Promise<void> {
    this.waiting.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the writer of snapshots', () => {
  let database: StandingDatabase;
  let warnings: string[];
  let writer: SnapshotWriter;

  const need = (id: string, change: Partial<SnapshotNeed> = {}) =>
    writer.refresh({ ...NEED, id, ...change }, SYSTEM_CONTEXT);

  beforeEach(() => {
    database = new StandingDatabase();
    warnings = [];
    writer = new SnapshotWriter({
      transactions: new Transactions(database),
      onWarning: (text) => {
        warnings.push(text);
        throw new Error('a listener that fails');
      },
    });
  });

  it('looks at few tasks at once, in the order in which they came', async () => {
    ['a', 'b', 'c', 'd'].forEach((id) => need(id));
    expect(database.reads).toBe(2);
    for (let count = 0; count < 4; count += 1) {
      await database.go();
    }
    expect(database.asked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('looks at a task that changed meanwhile once more, and never twice at once', async () => {
    for (let version = 3; version < 50; version += 1) {
      need('a', { version });
    }
    expect(database.reads).toBe(1);
    await database.go();
    expect(database.reads).toBe(1);
    await database.go();
    expect(database.reads).toBe(0);
    expect(database.asked).toEqual(['a', 'a']);
  });

  it('remembers so many tasks and no more', async () => {
    for (let task = 0; task < 5_000; task += 1) {
      need(`t${task}`);
    }
    while (database.reads > 0) {
      await database.go();
    }
    expect(database.asked).toHaveLength(2 + 1_024);
  });

  it('leaves alone what the host has not committed yet', () => {
    const context = { ...SYSTEM_CONTEXT, transaction: {} };
    writer.refresh(NEED, context);
    expect(database.reads).toBe(0);
  });

  it('completes tasks that have ended, and no others', () => {
    writer.complete({ row: { ...NEED, finishedAt: undefined }, tail: 3 });
    writer.complete({ row: NEED, tail: 0 });
    expect(database.reads).toBe(0);
    writer.complete({ row: NEED, tail: 3 });
    expect(database.reads).toBe(1);
  });

  it('goes on after a failure, and tells the operator once, without what was said', async () => {
    need('a');
    need('b');
    need('c');
    await database.go(new RangeError('secret'));
    await database.go(new RangeError('secret'));
    await database.go();
    expect(database.asked).toEqual(['c']);
    expect(warnings).toEqual([expect.stringContaining('Task a got no')]);
    expect(warnings.join()).not.toContain('secret');
  });

  it('says nothing of a database that is away', async () => {
    need('a');
    await database.go(new StoreError('UNAVAILABLE', 'away'));
    expect(warnings).toEqual([]);
  });

  it('gives up what waits when it is stopped, and waits for what it has begun', async () => {
    ['a', 'b', 'c'].forEach((id) => need(id));
    let isStopped = false;
    const stopped = writer.stop().then(() => (isStopped = true));
    need('d');
    await database.go();
    expect(isStopped).toBe(false);
    await database.go();
    await stopped;
    expect(database.asked).toEqual(['a', 'b']);
    expect(database.reads).toBe(0);
  });
});
