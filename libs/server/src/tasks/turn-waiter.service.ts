import { isInterrupted, isTerminal } from '@nest-a2a/protocol';
import { type Seq, type StoredEvent } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { type AcceptedMessage } from './message-acceptor.service.js';
import { TaskFollower } from './task-follower.service.js';

/** Waits until a turn has said what it has to say (A2A §3.2.2). */
@Injectable()
export class TurnWaiter {
  constructor(@Inject(TaskFollower) private readonly follower: TaskFollower) {}

  /**
   * Resolves when the turn has ended, with the task or without it, or when the
   * signal aborts.
   *
   * @returns the event that ended the turn: the task may have moved on since
   */
  async untilEnd(
    { taskId, turn }: AcceptedMessage,
    signal: AbortSignal,
  ): Promise<Seq | undefined> {
    const range = { after: turn, signal };
    for await (const event of this.follower.follow(taskId, range)) {
      if (endsTurn(event, turn)) {
        return event.seq;
      }
    }
    return undefined;
  }
}

/**
 * Whether the turn is over with this event: the task ended or waits for its
 * caller, or the answer is a message. A turn before it does not count: its
 * question was answered already by the message that waits.
 */
export function endsTurn({ body, turn }: StoredEvent, waitedFor: Seq): boolean {
  if (body.kind === 'reply') {
    return true;
  }
  if (body.kind !== 'statusUpdate') {
    return false;
  }
  const { state } = body.statusUpdate.status;
  return isTerminal(state) || (isInterrupted(state) && turn >= waitedFor);
}
