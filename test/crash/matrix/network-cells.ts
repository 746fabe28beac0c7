import { HALF_OPEN_MS, SLOW_READER_MS } from '../lab/injuries.js';
import { PLAIN_SCRIPT, plainTask } from '../workload/task-plan.js';
import { type Cell, cell } from './cell.js';
import { type Moment, MOMENTS, SLOW } from './cell-plans.js';

/** What a frame has in it at a moment of the task. */
const MARKERS: Readonly<Record<Moment, string>> = {
  first: '"task"',
  middle: '"artifactUpdate"',
  terminal: 'TASK_STATE_COMPLETED',
};

/** More than the buffers between an instance and a reader hold: 72 chunks of this many characters. */
const LARGE_CHUNK = 100_000;
const LARGE_POLL_MS = 4_000;

/** What goes wrong between instances and their clients. */
export function networkCells(): Cell[] {
  return [...cutting(), ...halfOpening(), slowReading()];
}

/** The connection breaks in the middle of a frame. */
function cutting(): Cell[] {
  return MOMENTS.map((moment) =>
    cell(`sse.mid_frame-CUT-${moment}`, (name) => ({
      plan: plainTask(name, { script: SLOW, streams: true }),
      failpoints: [],
      beside: async ({ fleet, proxies }) => {
        await proxies.http.hurtAt('cut', ...markersOf(name, MARKERS[moment]));
        fleet.faults.note({ action: 'cut', point: 'sse.mid_frame' });
      },
    })),
  );
}

/** Nothing arrives any more and nobody is told: the reader notices that even heartbeats are missing. */
function halfOpening(): Cell[] {
  return MOMENTS.map((moment) =>
    cell(`sse-HALF-OPEN-${moment}`, (name) => ({
      plan: plainTask(name, { script: SLOW, streams: true }),
      failpoints: [],
      beside: async ({ fleet, proxies }) => {
        const durationMs = HALF_OPEN_MS;
        await proxies.http.hurtAt(
          { trouble: 'halfOpen', durationMs },
          ...markersOf(name, MARKERS[moment]),
        );
        fleet.faults.note({ action: 'halfOpen', durationMs });
      },
    })),
  );
}

/** The reader takes nothing for a while, and the agent says more than the buffers in between hold. */
function slowReading(): Cell {
  return cell('sse-SLOW-READER', (name) => ({
    plan: plainTask(name, {
      script: { ...PLAIN_SCRIPT, chunks: 72, chunkSize: LARGE_CHUNK },
      streams: true,
      pollMs: LARGE_POLL_MS,
    }),
    failpoints: [],
    beside: async ({ fleet, proxies }) => {
      const durationMs = SLOW_READER_MS;
      await proxies.http.hurtAt(
        { trouble: 'slowReader', durationMs },
        ...markersOf(name, '"task"'),
      );
      fleet.faults.note({ action: 'slowReader', durationMs });
    },
  }));
}

/** A frame of the stream of this task. */
function markersOf(name: string, marker: string): readonly string[] {
  return ['\nid: ', `"${name}"`, marker];
}
