import { type TaskEvent } from '../log/task-event.js';
import { isSelected, type PushSelect } from '../push/push-select.js';

/** All selections. The place of each is its bit in a mask. */
export const SELECTIONS: readonly PushSelect[] = [
  'updates',
  'status',
  'terminal',
  'all',
];

/** The last event of a task that each selection selects; 0 for none. */
export type LastSelected = Readonly<Record<PushSelect, number>>;

/** The bit of a selection. */
export function bitOf(select: PushSelect): number {
  return 1 << SELECTIONS.indexOf(select);
}

/** The bits of the selections that select an event. */
export function maskOf(event: TaskEvent): number {
  return SELECTIONS.reduce(
    (mask, select) => mask | (isSelected(select, event) ? bitOf(select) : 0),
    0,
  );
}

/** The selections whose bits are set. */
export function selectionsOf(mask: number): readonly PushSelect[] {
  return SELECTIONS.filter((select) => (mask & bitOf(select)) !== 0);
}
