import assert from 'node:assert/strict';
import { type ListQuery } from '../../log/task-log.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertSameMembers } from '../assertions.js';
import { at, statusEvent } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

/** More pages than any walk here has. */
const MAX_PAGES = 100;

interface Walk {
  readonly query?: Partial<ListQuery>;
  /** Called with the number of each page, from 1, before the next is asked for. */
  readonly afterPage?: (page: number) => Promise<void>;
  /** Called with what each page says of the size of all. */
  readonly onTotal?: (totalSize: number) => void;
}

/** Walks through all pages of two tasks. */
async function walk(
  world: World,
  { query, afterPage, onTotal }: Walk = {},
): Promise<string[][]> {
  const pages: string[][] = [];
  let next: { pageToken?: string } = {};
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { items, nextPageToken, totalSize } = await world.store.log.list(
      { pageSize: 2, ...query, ...next },
      SYSTEM_CONTEXT,
    );
    pages.push(items.map(({ task }) => task.id));
    onTotal?.(totalSize);
    if (nextPageToken === '') {
      return pages;
    }
    next = { pageToken: nextPageToken };
    await afterPage?.(page);
  }
  throw new Error('the pages have no end');
}

/** Tasks `t0`, `t1`, …, each a second newer than the one before. */
async function createMany(world: World, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await world.createAt(index, { taskId: `t${index}` });
  }
}

async function touch(world: World, taskId: string, seconds: number) {
  const { task } = await world.load(taskId);
  const ref = { taskId, contextId: task.contextId ?? '' };
  const change = { timestamp: at(seconds) };
  await world.append(taskId, [statusEvent(ref, 'TASK_STATE_WORKING', change)]);
}

export const pageTests: StoreTests = {
  'cuts the list into pages that together have each task once': async (
    world,
  ) => {
    await createMany(world, 5);
    assert.deepEqual(await walk(world), [['t4', 't3'], ['t2', 't1'], ['t0']]);
  },

  'has no empty page behind the last full one': async (world) => {
    await createMany(world, 4);
    assert.equal((await walk(world)).length, 2);
    assert.deepEqual(await walk(world, { query: { contextId: 'none' } }), [[]]);
  },

  'cuts between tasks of the same time': async (world) => {
    for (const taskId of ['c', 'a', 'e', 'b', 'd']) {
      await world.createAt(1, { taskId });
    }
    assert.deepEqual((await walk(world)).flat(), ['a', 'b', 'c', 'd', 'e']);
  },

  'cuts a selection, and says on each page how large it is': async (world) => {
    for (let index = 0; index < 9; index += 1) {
      const contextId = index % 2 === 0 ? 'even' : 'odd';
      await world.createAt(index, { taskId: `t${index}`, contextId });
    }
    const totals: number[] = [];
    const pages = await walk(world, {
      query: { contextId: 'even' },
      onTotal: (total) => totals.push(total),
    });
    assert.deepEqual(pages, [['t8', 't6'], ['t4', 't2'], ['t0']]);
    assert.deepEqual(totals, [5, 5, 5]);
  },

  'shows a task that does not change exactly once while others do': async (
    world,
  ) => {
    await createMany(world, 9);
    const pages = await walk(world, {
      afterPage: async (page) => {
        // One that was shown, one that was not, a new one, and one that goes.
        await touch(world, 't8', 100 + page);
        await touch(world, 't2', 200 + page);
        await world.createAt(300 + page, { taskId: `new${page}` });
        await world.store.log.delete('t4', SYSTEM_CONTEXT);
      },
    });
    const shown = pages.flat();
    assert.equal(new Set(shown).size, shown.length, 'none is shown twice');
    const unchanged = ['t7', 't6', 't5', 't3', 't1', 't0'];
    assertSameMembers(
      shown.filter((id) => unchanged.includes(id)),
      unchanged,
    );
  },

  'goes on where the last page ended though its last task is gone': async (
    world,
  ) => {
    await createMany(world, 5);
    const pages = await walk(world, {
      afterPage: async () => {
        await world.store.log.delete('t3', SYSTEM_CONTEXT);
      },
    });
    assert.deepEqual(pages, [['t4', 't3'], ['t2', 't1'], ['t0']]);
  },
};
