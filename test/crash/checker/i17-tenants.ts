import { type StreamResponse } from '@nest-a2a/protocol';
import { type Operation, type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';
import { taskIdOf } from './sightings.js';

/** A task, and the tenant to whom it was shown. */
interface Showing {
  readonly taskId: string;
  readonly tenant: string;
  readonly by: string;
}

/** I17: nobody sees a task of another tenant, wherever it could be seen. */
export function keepsTenantsApart(view: HistoryView): Violation[] {
  const showings = [
    ...view.operations.flatMap(shownBy),
    ...view.streams.flatMap(({ opened, frames }) =>
      frames.flatMap(({ response }) =>
        shown(response, {
          tenant: opened.tenant,
          by: `stream ${opened.stream}`,
        }),
      ),
    ),
    ...view.webhooks.flatMap(({ body, tenant, configId }) =>
      shown(body, { tenant, by: `webhook ${configId}` }),
    ),
  ];
  return showings.flatMap(({ taskId, tenant, by }) => {
    const owner = view.tasks.get(taskId)?.dumped.tenant ?? tenant;
    const text = `${by} showed a task of ${owner} to ${tenant}`;
    return owner === tenant ? [] : [{ invariant: 'I17', taskId, text }];
  });
}

function shownBy({
  op,
  client,
  tenant,
  task,
  listed = [],
}: Operation): Showing[] {
  const ids = task ? [task.id, ...listed] : listed;
  return ids.map((taskId) => ({ taskId, tenant, by: `${op} of ${client}` }));
}

function shown(
  response: StreamResponse,
  to: Omit<Showing, 'taskId'>,
): Showing[] {
  const taskId = taskIdOf(response);
  return taskId === undefined ? [] : [{ taskId, ...to }];
}
