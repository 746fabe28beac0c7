import { randomUUID } from 'node:crypto';
import { SYSTEM_CONTEXT } from '@nest-a2a/store';
import {
  chunk,
  codeOf,
  createTask,
  PostgresFixture,
  until,
} from '../test/postgres-fixture.js';
import { describeWithOwnPostgres } from '../test/postgres-server.js';

const CALL = SYSTEM_CONTEXT;

describeWithOwnPostgres(
  'postgres, when its server is killed under load',
  () => {
    const fixture = new PostgresFixture();

    beforeAll(() => fixture.start({ isDurable: true }), 60_000);
    afterAll(() => fixture.stop());
    afterEach(() => fixture.closeAll());

    it('loses no confirmed write, and goes on', async () => {
      const direct = await fixture.open({ url: fixture.url });
      const tasks = await Promise.all(
        Array.from({ length: 8 }, () =>
          createTask(direct.store, { owner: 'a' }),
        ),
      );
      const confirmed = new Map<string, string[]>(
        tasks.map(({ taskId }) => [taskId, []]),
      );
      const codes = new Set<string>();
      let isOver = false;
      const write = async (task: (typeof tasks)[number]) => {
        const { taskId, claim } = task;
        let version = 1;
        while (!isOver) {
          const events = [chunk(task, randomUUID())];
          const append = {
            taskId,
            events,
            expectedVersion: version,
            fence: claim!.fence,
          };
          const code = await codeOf(direct.store.log.append(append, CALL));
          codes.add(code);
          if (code === 'ok') {
            confirmed.get(taskId)?.push(events[0]!.id);
            version += 1;
          } else {
            // Whether it was written is for the log to say.
            const read = direct.store.log.load(taskId, {}, CALL);
            version = await read.then(
              (record) => record?.version ?? version,
              () => version,
            );
          }
        }
      };
      const writers = tasks.map(write);
      const confirmedNow = () =>
        [...confirmed.values()].reduce((sum, ids) => sum + ids.length, 0);
      await until(() => confirmedNow() > 100);
      await fixture.running.restart();
      const before = confirmedNow();
      await until(() => confirmedNow() > before + 100);
      isOver = true;
      await Promise.all(writers);
      expect(
        [...codes].filter(
          (code) => !['ok', 'UNAVAILABLE', 'VERSION_CONFLICT'].includes(code),
        ),
      ).toEqual([]);
      expect(codes.has('UNAVAILABLE')).toBe(true);
      for (const [taskId, ids] of confirmed) {
        const events = await direct.store.log.read(
          taskId,
          { after: 0, limit: 100_000 },
          CALL,
        );
        expect(events.map(({ seq }) => seq)).toEqual(
          events.map((_, index) => index + 1),
        );
        const stored = new Set(events.map(({ id }) => id));
        expect(ids.filter((id) => !stored.has(id))).toEqual([]);
      }
      // The wake-up connects again by itself.
      let heard = 0;
      const other = await fixture.open({ url: fixture.url });
      direct.wake.on('work', () => (heard += 1));
      await until(() => {
        other.wake.ring(['work']);
        return heard > 0;
      });
    }, 60_000);
  },
);
