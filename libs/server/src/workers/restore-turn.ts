import { type Claim, type TaskLog } from '@nest-a2a/store';
import { eventsOfTurn } from '../tasks/turn-events.js';
import { type ArtifactTracker } from './artifact-tracker.js';
import { outlastOutage, type Waiting } from '../runtime/outlast-outage.js';
import { type TurnSteps } from './turn-steps.js';

/** What knows of an earlier run of a turn. */
export interface Restored {
  readonly steps: TurnSteps;
  readonly artifacts: ArtifactTracker;
}

/**
 * Takes in what an earlier run of a turn has left in the log: finished steps,
 * artifacts that are not complete. Waits as long as the store is not there.
 */
export async function restoreTurn(
  { fence, turn }: Claim,
  { log, ...waiting }: Waiting & { readonly log: TaskLog },
  { steps, artifacts }: Restored,
): Promise<void> {
  const read: TaskLog['read'] = (...args) =>
    outlastOutage(() => log.read(...args), waiting);
  const ref = { taskId: fence.taskId, turn: turn.seq };
  for await (const { body } of eventsOfTurn({ read }, ref)) {
    if (body.kind === 'step') {
      steps.restore(body.key, body.value);
    } else if (body.kind === 'artifactUpdate') {
      const { artifact, lastChunk } = body.artifactUpdate;
      if (lastChunk) artifacts.markComplete(artifact.artifactId);
      else artifacts.markOpen(artifact.artifactId);
    }
  }
}
