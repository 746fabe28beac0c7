import { type DumpedTask, type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';

/** I4: events are numbered 1, 2, 3, …; the last number is the version; no event is there twice. */
export function numbersDensely(view: HistoryView): Violation[] {
  const tasks = [...view.tasks.values()].map(({ dumped }) => dumped);
  return [...tasks.flatMap(gapsOf), ...sameIdsIn(tasks)];
}

function gapsOf({ taskId, events, version }: DumpedTask): Violation[] {
  const about = { invariant: 'I4', taskId };
  const wrong = events.findIndex(({ seq }, index) => seq !== index + 1);
  const last = events.at(-1)?.seq ?? 0;
  return [
    ...(wrong === -1
      ? []
      : [
          {
            ...about,
            text: `event ${events[wrong]?.seq} is where ${wrong + 1} should be`,
          },
        ]),
    ...(last === version
      ? []
      : [{ ...about, text: `version ${version}, last event ${last}` }]),
  ];
}

function sameIdsIn(tasks: readonly DumpedTask[]): Violation[] {
  const places = new Map<string, string>();
  return tasks.flatMap(({ taskId, events }) =>
    events.flatMap(({ id, seq }) => {
      const known = places.get(id);
      places.set(id, `${taskId}:${seq}`);
      const text = `event ${seq} has the id of ${known}: ${id}`;
      return known === undefined ? [] : [{ invariant: 'I4', taskId, text }];
    }),
  );
}
