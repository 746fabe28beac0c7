import { type Task } from '@nest-a2a/protocol';
import { collect, failureOf } from '../../test/scripted-agent.js';
import { allPages } from './all-pages.js';
import { TaskResult } from './task-result.js';

/** Pages by their tokens, each with one task and the token of the next. */
function reading(pages: Record<string, string>) {
  return jest.fn((pageToken = '') => {
    const task: Task = {
      id: `task of "${pageToken}"`,
      status: { state: 'TASK_STATE_WORKING' },
    };
    const nextPageToken = pages[pageToken] ?? '';
    const tasks = [new TaskResult(task)];
    return Promise.resolve({ tasks, nextPageToken, pageSize: 1, totalSize: 9 });
  });
}

describe('allPages', () => {
  it('goes on to the last page', async () => {
    const tasks = await collect(allPages(reading({ '': 'a', a: 'b' })));
    expect(tasks.map(({ taskId }) => taskId)).toEqual([
      'task of ""',
      'task of "a"',
      'task of "b"',
    ]);
  });

  it('asks for no page that is not needed', async () => {
    const readPage = reading({ '': 'a', a: 'b' });
    for await (const task of allPages(readPage)) {
      expect(task.taskId).toBe('task of ""');
      break;
    }
    expect(readPage).toHaveBeenCalledTimes(1);
  });

  it('does not go round in circles', async () => {
    const failure = failureOf(collect(allPages(reading({ '': 'a', a: 'a' }))));
    expect(await failure).toMatchObject({ code: 'INVALID_AGENT_RESPONSE' });
  });
});
