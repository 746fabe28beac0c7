import { A2AError } from '@nest-a2a/protocol';
import { type TaskPage } from '../task-queries.js';
import { type TaskResult } from './task-result.js';

/** The tasks of all pages. @throws A2AError `INVALID_AGENT_RESPONSE` for a page that leads to itself */
export async function* allPages(
  readPage: (pageToken: string | undefined) => Promise<TaskPage>,
): AsyncGenerator<TaskResult> {
  let token: string | undefined;
  for (;;) {
    const { tasks, nextPageToken } = await readPage(token);
    yield* tasks;
    if (nextPageToken === '') {
      return;
    }
    if (nextPageToken === token) {
      throw new A2AError(
        'INVALID_AGENT_RESPONSE',
        'The agent names the page it gave as the next one',
      );
    }
    token = nextPageToken;
  }
}
