import { type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';

/** I15: nobody calls what must not be called, also not where a redirect leads. */
export function callsNothingForbidden({ forbidden }: HistoryView): Violation[] {
  return forbidden.map(({ at, path }) => ({
    invariant: 'I15',
    text: `${path} was called at ${at}`,
  }));
}
