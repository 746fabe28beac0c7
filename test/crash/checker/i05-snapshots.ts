import { type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';
import { isSameContent } from './same-content.js';
import { type Sighting } from './sightings.js';
import { type TaskVersions } from './task-versions.js';

/** I5: the task in the store is the sum of its events, and so is what anybody ever saw of it. */
export function isSumOfEvents(view: HistoryView): Violation[] {
  return [...view.tasks.values()].flatMap((task) => {
    const { taskId } = task.dumped;
    // Where the log itself is broken, nothing can be compared with it.
    const texts =
      task.error === undefined
        ? [...stored(task), ...seen(view.sightings.get(taskId) ?? [])]
        : [`its log cannot be summed up: ${task.error}`];
    return texts.map((text) => ({ invariant: 'I5', taskId, text }));
  });
}

function stored(task: TaskVersions): string[] {
  const { version, state, task: snapshot } = task.dumped;
  const sum = task.at(task.dumped.events.length);
  const isSum = isSameContent(snapshot, sum);
  return [
    ...(isSum ? [] : [`at version ${version} it is not the sum of its events`]),
    ...(sum && sum.status.state !== state
      ? [`its row says ${state}, its events say ${sum.status.state}`]
      : []),
  ];
}

function seen(sightings: readonly Sighting[]): string[] {
  return sightings
    .filter(({ isSnapshot, versions }) => isSnapshot && versions.length === 0)
    .map(
      ({ by, state, startedAt, endedAt }) =>
        `${by} saw it from ${startedAt} to ${endedAt} in ${state} as it never was`,
    );
}
