import { type TaskRecord } from '@nest-a2a/store';
import { TaskOwners } from './task-owners.js';

const SCOPE = { agent: 'reports', tenant: 'acme', principal: 'ann' };

describe('TaskOwners', () => {
  let looks: string[];
  let owners: TaskOwners;

  beforeEach(() => {
    looks = [];
    owners = new TaskOwners({
      load: async (id) => {
        looks.push(id);
        const task = { id, contextId: 'c' };
        return id === 'gone'
          ? undefined
          : ({ scope: SCOPE, task } as TaskRecord);
      },
    });
  });

  it('looks a task up once', async () => {
    const owner = { ...SCOPE, contextId: 'c' };
    expect([await owners.of('t'), await owners.of('t')]).toEqual([
      owner,
      owner,
    ]);
    expect(looks).toEqual(['t']);
  });

  it('remembers nothing of a task that is gone', async () => {
    expect(await owners.of('gone')).toBeUndefined();
    expect(await owners.of('gone')).toBeUndefined();
    expect(looks).toEqual(['gone', 'gone']);
  });

  it('forgets the first of more than a thousand', async () => {
    for (let i = 0; i <= 1_000; i += 1) await owners.of(`t${i}`);
    looks = [];
    await owners.of('t1');
    await owners.of('t0');
    expect(looks).toEqual(['t0']);
  });
});
