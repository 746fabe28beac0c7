import { type StoredEvent } from './task-event.js';
import { type Turn } from './task-record.js';

/**
 * The turn that an event began.
 *
 * @throws TypeError for an event that begins none
 */
export function turnOf({
  seq,
  at,
  body,
}: Pick<StoredEvent, 'seq' | 'at' | 'body'>): Turn {
  switch (body.kind) {
    case 'task': {
      const message = body.task.history?.[0];
      return { seq, at, request: body.turn, ...(message && { message }) };
    }
    case 'message':
      return { seq, at, request: body.turn, message: body.message };
    case 'resume':
      return { seq, at, request: body.turn };
    default:
      throw new TypeError(`An event of kind "${body.kind}" begins no turn`);
  }
}
