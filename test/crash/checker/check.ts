import { type History, type Violation } from '../history/history.js';
import { type Allowances } from './allowances.js';
import { HistoryView, type Invariant } from './history-view.js';
import { createsOnce } from './i01-creates.js';
import { settles } from './i02-settled.js';
import { takesOver } from './i02-taken-over.js';
import { endsOnce } from './i03-one-terminal-event.js';
import { numbersDensely } from './i04-dense-log.js';
import { holdsWhatWasMade } from './i05-expected-content.js';
import { isSumOfEvents } from './i05-snapshots.js';
import { neverGoesBack } from './i06-monotonic-reads.js';
import { losesNothing } from './i06-nothing-lost.js';
import { staysEnded } from './i07-terminal-stays.js';
import { cancelsForGood } from './i08-cancel.js';
import { writesInTurn } from './i09-no-zombie-writes.js';
import { streamsWithoutGap } from './i10-streams.js';
import { deliversAll } from './i11-webhooks-complete.js';
import { deliversInOrder } from './i12-webhook-order.js';
import { repeatsForACause } from './i13-webhook-repeats.js';
import { sendsOnlyWhenWanted } from './i14-no-unwanted-requests.js';
import { callsNothingForbidden } from './i15-forbidden-addresses.js';
import { holdsNoMore } from './i16-resources.js';
import { keepsTenantsApart } from './i17-tenants.js';
import { booksOnce } from './i18-bookings.js';
import { countsOnce } from './i19-conversations.js';

const INVARIANTS: readonly Invariant[] = [
  createsOnce,
  settles,
  takesOver,
  endsOnce,
  numbersDensely,
  isSumOfEvents,
  holdsWhatWasMade,
  neverGoesBack,
  losesNothing,
  staysEnded,
  cancelsForGood,
  writesInTurn,
  streamsWithoutGap,
  deliversAll,
  deliversInOrder,
  repeatsForACause,
  sendsOnlyWhenWanted,
  callsNothingForbidden,
  holdsNoMore,
  keepsTenantsApart,
  booksOnce,
  countsOnce,
];

/**
 * What a run of the laboratory has violated, in the order of the invariants.
 * Looks at nothing but the history, so it can be asked again years later.
 *
 * Nothing legal is reported: webhooks that come twice after a fault, calls of
 * unknown outcome that did or did not take effect, tasks that fail because too
 * many instances died with them.
 */
export function check(history: History, allowances?: Allowances): Violation[] {
  const view = new HistoryView(history, allowances);
  return INVARIANTS.flatMap((invariant) => invariant(view));
}
