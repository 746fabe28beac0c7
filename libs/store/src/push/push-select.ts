import { isTerminal, type WebhookSelection } from '@nest-a2a/protocol';
import { type TaskEvent } from '../log/task-event.js';

/**
 * Which events a webhook gets.
 *
 * - `updates`: each status update, and each artifact once, when it is complete
 * - `status`: each status update
 * - `terminal`: the end of the task only
 * - `all`: each status update and each chunk of an artifact
 */
export type PushSelect = WebhookSelection;

/** Whether a webhook with this selection gets the event. */
export function isSelected(select: PushSelect, event: TaskEvent): boolean {
  switch (event.kind) {
    case 'statusUpdate':
      return (
        select !== 'terminal' || isTerminal(event.statusUpdate.status.state)
      );
    case 'artifactUpdate':
      return (
        select === 'all' ||
        (select === 'updates' && event.artifactUpdate.lastChunk === true)
      );
    case 'artifactEnd':
      return select === 'updates';
    default:
      return false;
  }
}
