import {
  type NewEvent,
  type Seq,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskLog,
} from '@nest-a2a/store';
import { newEvent } from './new-events.js';

const READ = { limit: 1_000, maxBytes: 1_048_576 };

/** A turn of a task: the event that began it is its number. */
export interface TurnRef {
  readonly taskId: string;
  readonly turn: Seq;
}

/** What a turn has written so far. While it waited, the one before it may have gone on writing. */
export async function* eventsOfTurn(
  log: Pick<TaskLog, 'read'>,
  { taskId, turn }: TurnRef,
): AsyncGenerator<StoredEvent, void, undefined> {
  let after = turn;
  for (;;) {
    const range = { after, ...READ };
    const events = await log.read(taskId, range, SYSTEM_CONTEXT);
    const last = events.at(-1);
    if (!last) {
      return;
    }
    yield* events.filter((event) => event.turn === turn);
    after = last.seq;
  }
}

/**
 * Says of artifacts that a turn has begun and not completed that they are
 * complete, for when somebody else than the turn itself ends the task.
 */
export async function artifactEnds(
  log: TaskLog,
  turn: TurnRef,
): Promise<NewEvent[]> {
  const open = new Set<string>();
  for await (const { body } of eventsOfTurn(log, turn)) {
    if (body.kind === 'artifactUpdate') {
      const { artifact, lastChunk } = body.artifactUpdate;
      if (lastChunk) open.delete(artifact.artifactId);
      else open.add(artifact.artifactId);
    }
  }
  return [...open].map((artifactId) =>
    newEvent({ kind: 'artifactEnd', artifactId }),
  );
}
