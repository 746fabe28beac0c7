import {
  type AgentConnection,
  type StreamOptions,
} from '../connection/agent-connection.js';
import { type StreamEvent } from '../results/stream-event.js';
import { type StreamStart, TaskFollower } from './task-follower.js';

/**
 * The events that follow a request, as they come; it is sent when the first is
 * asked for. A stream that breaks is resumed. It ends when the agent closes the
 * stream of a task that is finished or waits for the caller. After the final
 * event nothing can be lost any more, so it then also ends, without an error,
 * when the connection breaks or the agent does not close it within a second.
 *
 * @throws A2AError, A2AClientError
 */
export async function* openEvents(
  connection: AgentConnection,
  start: StreamStart,
  options: StreamOptions,
): AsyncGenerator<StreamEvent> {
  const scope = connection.begin(options);
  try {
    yield* new TaskFollower(connection, { ...options, scope }).events(start);
  } catch (error) {
    throw scope.reasonFor(error);
  } finally {
    scope.end();
  }
}
