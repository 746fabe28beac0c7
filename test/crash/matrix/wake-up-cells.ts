import { WAKE_FAULTS } from '@nest-a2a/testing';
import { wakeActionOf } from '../fleet/fleet.js';
import { type Cell, cell, failpointOf } from './cell.js';
import { SLOW, watched } from './cell-plans.js';

/** Longer than the task takes: all of it goes without. */
const DISTURBED_MS = 8_000;

/** The turn waits for a claim, readers wait for events, and nobody is woken as they should be. */
export function wakeUpCells(): Cell[] {
  return WAKE_FAULTS.map((fault) =>
    cell(`wake-${fault}`, (name) => ({
      plan: watched(name, { script: SLOW }),
      failpoints: [
        failpointOf(name, 'create.after_commit', { action: 'ERROR' }),
      ],
      beside: async ({ fleet }) => {
        const happened = fleet.faults.next(wakeActionOf({ fault }));
        fleet.disturbWakeUps({ fault, durationMs: DISTURBED_MS });
        await happened;
      },
    })),
  );
}
