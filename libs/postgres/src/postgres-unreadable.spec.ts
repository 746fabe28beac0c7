import { type OpenRuntime } from '@nest-a2a/store';
import {
  createTask,
  PostgresFixture,
  SCOPE,
} from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';

describeWithPostgres('postgres, with rows that cannot be read', () => {
  const fixture = new PostgresFixture();
  let warnings: string[];
  let runtime: OpenRuntime;

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  beforeEach(async () => {
    warnings = [];
    const onWarning = (text: string) => warnings.push(text);
    runtime = await fixture.open({ url: fixture.url, onWarning });
    // Those about the server.
    warnings = [];
  });
  afterEach(() => fixture.closeAll());

  const claim = async () => {
    const command = { owner: 'o', leaseMs: 60_000, max: 9 };
    const agents = [SCOPE.agent];
    const claims = await runtime.store.work.claim({ ...command, agents });
    return claims.map(({ record }) => record.task.id).sort();
  };

  it.each([
    ['a body that is no JSON', `body = '{"secret'`],
    ['a turn that is no JSON', `turn_body = '{"secret'`],
    ['no first event any more', 'seq = 7'],
  ])(
    'claims the tasks beside one that has %s, and tells the operator',
    async (_what, change) => {
      for (const taskId of ['first', 'bad', 'last']) {
        await createTask(runtime.store, { taskId });
      }
      await fixture.query(
        `update $schema.event set ${change}
         where task = (select num from $schema.task where id = 'bad')`,
      );
      expect(await claim()).toEqual(['first', 'last']);
      expect(await claim()).toEqual([]);
      expect(warnings).toEqual([expect.stringContaining('Task bad cannot be')]);
      expect(warnings.join()).not.toContain('secret');
    },
  );
});
