import { isTerminal } from '@nest-a2a/protocol';
import {
  type DumpedEvent,
  type StreamFrame,
  type Violation,
} from '../history/history.js';
import { type HistoryView, type StreamView } from './history-view.js';
import { isSameContent } from './same-content.js';
import { stateOf, taskIdOf } from './sightings.js';
import { type TaskVersions } from './task-versions.js';

/**
 * I10: a stream is the task as of an event and then every public event behind
 * it, in order. One that goes on where another broke begins exactly there, so
 * what a reader sees in all has no gap and nothing twice.
 */
export function streamsWithoutGap(view: HistoryView): Violation[] {
  return view.streams.flatMap((stream) => {
    const [first] = stream.frames;
    const taskId = first ? taskIdOf(first.response) : stream.opened.taskId;
    const texts = [...contentOf(stream, view), ...endOf(stream, view)];
    return texts.map((text) => ({
      invariant: 'I10',
      ...(taskId !== undefined && { taskId }),
      text: `stream ${stream.opened.stream} ${text}`,
    }));
  });
}

function contentOf(
  { opened, frames }: StreamView,
  view: HistoryView,
): string[] {
  const [first, ...rest] = frames;
  if (!first) {
    return [];
  }
  if (!('task' in first.response)) {
    return ['does not begin with the task'];
  }
  const seen = first.response.task;
  if (opened.taskId !== undefined && opened.taskId !== seen.id) {
    return [`was opened for task ${opened.taskId} and shows ${seen.id}`];
  }
  const { lastEventId = first.id } = opened;
  if (lastEventId !== first.id) {
    return [`should go on at event ${lastEventId}, and begins at ${first.id}`];
  }
  const task = view.tasks.get(seen.id);
  // A task that is not there, or never was like that, is another invariant's.
  return task && task.error === undefined
    ? gapIn(rest, task, startsOf(first, task))
    : [];
}

/** The events that a stream may begin at. Without ids there are several, where events changed nothing. */
function startsOf(
  { id, response }: StreamFrame,
  task: TaskVersions,
): readonly number[] {
  if (id !== undefined) {
    return [id];
  }
  return 'task' in response ? task.versionsOf(response.task) : [];
}

function gapIn(
  frames: readonly StreamFrame[],
  task: TaskVersions,
  starts: readonly number[],
): string[] {
  const problems = starts.map((start) =>
    differenceOf(frames, task.publicAfter(start)),
  );
  const [problem] = problems;
  return problem !== undefined && !problems.includes(undefined)
    ? [problem]
    : [];
}

/** What the first frame is that is not the event that should be there. */
function differenceOf(
  frames: readonly StreamFrame[],
  events: readonly DumpedEvent[],
): string | undefined {
  const index = frames.findIndex((frame, at) => !isEvent(frame, events[at]));
  const frame = frames[index];
  if (!frame) {
    return undefined;
  }
  const [kind] = Object.keys(frame.response);
  const what = `frame ${index + 2} (id ${frame.id ?? 'none'}, ${kind})`;
  const event = events[index];
  return event
    ? `has ${what} where event ${event.seq} comes next`
    : `has ${what} behind the last event`;
}

function isEvent(
  { id, response }: StreamFrame,
  event: DumpedEvent | undefined,
): boolean {
  return (
    event !== undefined &&
    (id === undefined || id === event.seq) &&
    isSameContent(response, event.body)
  );
}

/** An agent ends a stream where there is nothing more to say, or where it stops itself. */
function endOf({ opened, frames, closed }: StreamView, view: HistoryView) {
  if (closed?.how !== 'end' || closed.error !== undefined) {
    return [];
  }
  const last = frames.at(-1);
  const state = last && stateOf(last.response);
  const around = {
    // An instance that stops still serves while its turns may end.
    from: opened.at - 2 * view.allowances.slackMs,
    to: closed.at + view.allowances.toleranceMs,
  };
  const isStopped = view.faults
    .during(around)
    .some(({ action }) => action === 'stop');
  const isOver =
    state !== undefined &&
    (isTerminal(state) || state === 'TASK_STATE_INPUT_REQUIRED');
  return isOver || isStopped
    ? []
    : [`was ended by the agent at ${closed.at} after ${state ?? 'no state'}`];
}
