import { type DeliveryAttempt } from '../push/push-ledger.js';
import { type LoggedAttempt } from './push-entry.js';

/** Numbers the attempts of a store. */
export class AttemptOrder {
  private last = 0;

  next(attempt: DeliveryAttempt): LoggedAttempt {
    this.last += 1;
    return { order: this.last, attempt: Object.freeze({ ...attempt }) };
  }
}
