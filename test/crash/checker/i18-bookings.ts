import {
  type Booking,
  type DumpedTask,
  type Violation,
} from '../history/history.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';
import { runNameOf } from './run-names.js';

/** What the worker says in the commit of a row. */
const SAYS_BOOKED = /\bbooked run=/;

/** I18: a row of the application and what the worker said with it are both there, once each, or neither is. */
export function booksOnce(view: HistoryView): Violation[] {
  const byTask = groupBy(view.bookings, ({ taskId }) => taskId);
  const ofNobody = [...byTask.keys()].filter((id) => !view.tasks.has(id));
  return [
    ...ofNobody.map((taskId) =>
      violation(taskId, 'there is a row of it, and no such task'),
    ),
    ...[...view.tasks.values()].flatMap(({ dumped }) => {
      const rows = byTask.get(dumped.taskId) ?? [];
      return [...unequal(dumped, rows), ...miscounted(dumped, rows, view)].map(
        (text) => violation(dumped.taskId, text),
      );
    }),
  ];
}

function unequal(task: DumpedTask, rows: readonly Booking[]): string[] {
  const said = saidIn(task);
  const runs = new Set([...said, ...rows.map(({ run }) => run)]);
  return [...runs].flatMap((run) => {
    const events = said.filter((one) => one === run).length;
    const written = rows.filter((row) => row.run === run).length;
    return events === written
      ? []
      : [`run ${run} has ${written} rows and ${events} events that say so`];
  });
}

/** The runs that say so, one for each event. */
function saidIn({ events }: DumpedTask): string[] {
  return events.flatMap((event) => {
    const { run } = runNameOf(event) ?? {};
    const says = SAYS_BOOKED.test(JSON.stringify(event.body));
    return run !== undefined && says ? [run] : [];
  });
}

function miscounted(
  task: DumpedTask,
  { length }: readonly Booking[],
  view: HistoryView,
): string[] {
  const { bookings } = view.expectationOf(task) ?? {};
  const isDone = task.state === 'TASK_STATE_COMPLETED';
  return bookings === undefined || !isDone || length === bookings
    ? []
    : [`it has ${length} rows; right is ${bookings}`];
}

function violation(taskId: string, text: string): Violation {
  return { invariant: 'I18', taskId, text };
}
