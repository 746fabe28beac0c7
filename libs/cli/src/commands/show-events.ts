import { type StreamEvent, type TaskStateName } from '@nest-a2a/client';
import { type Arguments } from '../arguments/parse-arguments.js';
import { EXIT_CODES, exitCodeOf } from '../exit-code.js';
import { type CommandIo } from '../io.js';
import { shellWord } from '../output/shell-word.js';
import { showEvent } from '../output/show-task.js';
import { toJsonLine } from '../output/to-json.js';

const WAITING: readonly TaskStateName[] = ['input-required', 'auth-required'];

/** Shows events as they come: one on a line, as JSON where that is asked for. */
export async function showEvents(
  events: AsyncIterable<StreamEvent>,
  { options, positionals: { url = '' } }: Arguments,
  io: CommandIo,
): Promise<number> {
  let last: StreamEvent | undefined;
  try {
    for await (const event of events) {
      last = event;
      const text = options.has('json')
        ? toJsonLine(event.raw)
        : showEvent(event);
      io.print(text);
      // The stream may stay open until somebody else has answered.
      if (event.state && WAITING.includes(event.state)) break;
    }
  } catch (error) {
    if (io.signal.aborted && last) {
      io.complain(`The task goes on: ${watchCommand(url, last)}`);
    }
    throw error;
  }
  return codeAtEnd(last, url, io);
}

/** A stream may end before its task does: that is no success. */
function codeAtEnd(
  last: StreamEvent | undefined,
  url: string,
  io: CommandIo,
): number {
  if (last === undefined) {
    io.complain('The stream ended without an event');
    return EXIT_CODES.unknown;
  }
  const { task } = last;
  if (task.isTerminal || task.isInterrupted) {
    return exitCodeOf(task);
  }
  io.complain(`The stream ended before the task: ${watchCommand(url, last)}`);
  return EXIT_CODES.unknown;
}

/** To be copied into a shell, though an agent chose the id. */
export function watchCommand(
  url: string,
  { taskId }: { taskId: string },
): string {
  return `nest-a2a watch ${shellWord(url)} ${shellWord(taskId)}`;
}
