import { type StreamEvent } from '../results/stream-event.js';
import { TextChunks } from '../results/text-chunks.js';

/**
 * The text of a stream in the pieces in which it comes, nothing between them:
 * what the artifacts or the direct message say. Where they say nothing, the
 * text that the task ends with.
 */
export async function* textOfEvents(
  events: AsyncIterable<StreamEvent>,
): AsyncGenerator<string> {
  const chunks = new TextChunks();
  let isSilent = true;
  let last: StreamEvent | undefined;
  for await (const event of events) {
    last = event;
    const text = chunks.next(event);
    if (text !== '') {
      isSilent = false;
      yield text;
    }
  }
  const result = last?.task;
  if (isSilent && (result?.isTerminal || result?.isInterrupted)) {
    yield* result.text === '' ? [] : [result.text];
  }
}
