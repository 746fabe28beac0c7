import { type Message } from '@nest-a2a/protocol';
import { type Claim } from '@nest-a2a/store';

/** What a turn works on, and what was said before. */
export interface TurnMessages {
  readonly message: Message;
  readonly history: readonly Message[];
}

/**
 * Finds the message of a turn. A turn that the host began without a message
 * works on the last one of the caller.
 */
export function messagesOfTurn({ record, turn }: Claim): TurnMessages {
  const all = record.task.history ?? [];
  const message =
    turn.message ?? all.findLast(({ role }) => role === 'ROLE_USER');
  if (!message) {
    throw new TypeError(`Task ${record.task.id} has no message to work on`);
  }
  const isResumed = turn.message === undefined;
  const at = all.findLastIndex((one) => one.messageId === message.messageId);
  const before = isResumed || at < 0 ? all : saidBefore(all, at);
  const { message: current } = record.task.status;
  return { message, history: current ? [...before, current] : before };
}

/**
 * While a message waited for its turn, the agent went on talking; the messages
 * of the caller that wait behind it have turns of their own.
 */
function saidBefore(all: readonly Message[], at: number): Message[] {
  const since = all.slice(at + 1).filter(({ role }) => role === 'ROLE_AGENT');
  return [...all.slice(0, at), ...since];
}
