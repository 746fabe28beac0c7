import { type TaskContext, TurnError } from '@nest-a2a/server';
import { isStoreError } from '@nest-a2a/store';
import { type Visits } from '../history/history.js';

/** Counts a visitor in the value of the conversation, once, however often it comes and whoever else does. */
export async function countVisit(
  context: TaskContext,
  visitor: string,
): Promise<void> {
  for (;;) {
    try {
      const { count, visitors } = await loadVisits(context);
      if (visitors.includes(visitor)) {
        return;
      }
      return await context.updateContext({
        count: count + 1,
        visitors: [...visitors, visitor],
      });
    } catch (error) {
      // Where the answer was lost, what is loaded next says whether it counted.
      if (!isConflict(error) && !isStoreError(error, 'UNAVAILABLE')) {
        throw error;
      }
    }
  }
}

async function loadVisits(context: TaskContext): Promise<Visits> {
  const stored = await context.loadContext<{
    count: number;
    visitors: string[];
  }>();
  return stored ?? { count: 0, visitors: [] };
}

function isConflict(error: unknown): boolean {
  return error instanceof TurnError && error.code === 'CONTEXT_CONFLICT';
}
