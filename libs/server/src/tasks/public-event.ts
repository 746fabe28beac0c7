import { type StreamResponse } from '@nest-a2a/protocol';
import { type Seq, type StoredEvent } from '@nest-a2a/store';

/** A public event of a task as callers see it. */
export interface PublicEvent {
  readonly taskId: string;
  /** Its place in the log of the task; places of events that are not public are missing. */
  readonly seq: Seq;
  readonly response: StreamResponse;
}

/** The public form of an event, `undefined` for the runtime's own. */
export function toStreamResponse({
  body,
}: StoredEvent): StreamResponse | undefined {
  switch (body.kind) {
    case 'task':
      return { task: body.task };
    case 'statusUpdate':
      return { statusUpdate: body.statusUpdate };
    case 'artifactUpdate':
      return { artifactUpdate: body.artifactUpdate };
    default:
      return undefined;
  }
}

/** The event for callers, `undefined` where it is not for them. */
export function toPublicEvent(
  taskId: string,
  event: StoredEvent,
): PublicEvent | undefined {
  const response = toStreamResponse(event);
  return response && { taskId, seq: event.seq, response };
}
