import { type Operation } from '@nest-a2a/protocol';
import {
  type AgentConnection,
  type StreamOptions,
} from '../connection/agent-connection.js';
import { type StreamEvent } from '../results/stream-event.js';
import { StreamAssembler } from '../results/stream-assembler.js';

/** How long an agent may keep a stream open after its last event. */
const FINAL_GRACE_MS = 1_000;

/**
 * The events of one stream, as they come; the request is sent when the first
 * is asked for. It ends when the agent closes the stream. After the final event
 * nothing can be lost any more, so it then also ends, without an error, when
 * the connection breaks or the agent does not close it within a second.
 *
 * @throws A2AError, A2AClientError
 */
export async function* openEvents(
  connection: AgentConnection,
  { operation, request }: { operation: Operation; request: object },
  options: StreamOptions,
): AsyncGenerator<StreamEvent> {
  const assembler = new StreamAssembler();
  const scope = connection.begin(options);
  let isOver = false;
  try {
    const frames = connection.open(operation, request, { ...options, scope });
    for await (const frame of frames) {
      // What had arrived before would come otherwise.
      scope.signal.throwIfAborted();
      const event = assembler.next(frame);
      yield event;
      if (event.isFinal) {
        isOver = true;
        scope.limit(FINAL_GRACE_MS);
      }
    }
  } catch (error) {
    if (!isOver) {
      throw scope.error ?? error;
    }
  } finally {
    scope.end();
  }
}
