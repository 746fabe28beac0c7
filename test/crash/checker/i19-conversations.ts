import {
  type DumpedConversation,
  type DumpedTask,
  type Violation,
} from '../history/history.js';
import { type HistoryView } from './history-view.js';

/** I19: the value of a conversation counts each of its turns once: none is lost to another, none is counted again. */
export function countsOnce(view: HistoryView): Violation[] {
  return [
    ...view.conversations.flatMap((one) => wrongIn(one, view)),
    ...[...view.tasks.values()].flatMap(({ dumped }) => missing(dumped, view)),
  ];
}

function wrongIn(
  { tenant, contextId, value }: DumpedConversation,
  view: HistoryView,
): Violation[] {
  const { count, visitors } = value;
  const known = new Set(
    tasksIn(view, { tenant, contextId }).flatMap(
      (task) => view.expectationOf(task)?.visitors ?? [],
    ),
  );
  const texts = [
    ...(count === visitors.length
      ? []
      : [`counts ${count} and names ${visitors.length}`]),
    ...visitors
      .filter((visitor, index) => visitors.indexOf(visitor) !== index)
      .map((visitor) => `counts ${visitor} again`),
    ...visitors
      .filter((visitor) => !known.has(visitor))
      .map((visitor) => `counts ${visitor}, which is none of its turns`),
  ];
  return texts.map((text) => ({
    invariant: 'I19',
    text: `conversation ${contextId} of ${tenant} ${text}`,
  }));
}

/** Who has come to the end was counted before. */
function missing(task: DumpedTask, view: HistoryView): Violation[] {
  const { visitors = [] } = view.expectationOf(task) ?? {};
  const { tenant, contextId, taskId } = task;
  if (task.state !== 'TASK_STATE_COMPLETED') {
    return [];
  }
  const conversation = view.conversations.find(
    (one) => one.tenant === tenant && one.contextId === contextId,
  );
  return visitors
    .filter((visitor) => !conversation?.value.visitors.includes(visitor))
    .map((visitor) => ({
      invariant: 'I19',
      taskId,
      text: `conversation ${contextId} does not count ${visitor}`,
    }));
}

function tasksIn(
  { tasks }: HistoryView,
  { tenant, contextId }: Pick<DumpedConversation, 'tenant' | 'contextId'>,
): DumpedTask[] {
  return [...tasks.values()]
    .map(({ dumped }) => dumped)
    .filter((one) => one.tenant === tenant && one.contextId === contextId);
}
