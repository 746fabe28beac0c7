import { type NewEvent, type TaskEvent } from '@nest-a2a/store';

/** The same events as parts of a trace. One that says already where it comes from stays as it is. */
export function withTrace(
  events: readonly NewEvent[],
  traceparent: string,
): NewEvent[] {
  return events.map(({ id, body }) => ({
    id,
    body: traced(body, traceparent),
  }));
}

function traced(body: TaskEvent, traceparent: string): TaskEvent {
  switch (body.kind) {
    case 'task':
    case 'message':
    case 'resume':
      // In place of what the caller said: our own span is between that and the turn.
      return { ...body, turn: { ...body.turn, traceparent } };
    case 'statusUpdate':
    case 'artifactUpdate':
    case 'artifactEnd':
      return body.turn ? body : { ...body, turn: { traceparent } };
    default:
      return body;
  }
}
