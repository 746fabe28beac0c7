import { type A2AClient, isA2AError, type TaskResult } from '@nest-a2a/client';
import { type Arguments } from '../arguments/parse-arguments.js';
import { timeoutOf } from '../connect.js';
import { EXIT_CODES, exitCodeOf } from '../exit-code.js';
import { type CommandIo } from '../io.js';
import { showCard } from '../output/show-card.js';
import { showTask } from '../output/show-task.js';
import { toJson, toJsonLine } from '../output/to-json.js';
import { showEvents } from './show-events.js';

/** `card`: who the agent is, and what it can do. */
export async function card(
  client: A2AClient,
  args: Arguments,
  io: CommandIo,
): Promise<number> {
  await client.ready(callOptions(args, io));
  const { agentCard } = client;
  const isJson = args.options.has('json');
  io.print(isJson ? toJson(agentCard) : showCard(client));
  return EXIT_CODES.ok;
}

/** `task`: a task as it is. */
export async function task(
  client: A2AClient,
  args: Arguments,
  io: CommandIo,
): Promise<number> {
  const { id = '' } = args.positionals;
  const historyLength = args.options.wholeNumber('history');
  const options = { ...callOptions(args, io), historyLength };
  return show(await client.getTask(id, options), args, io);
}

/** `cancel`: the task as it is then; done when it is cancelled. */
export async function cancel(
  client: A2AClient,
  args: Arguments,
  io: CommandIo,
): Promise<number> {
  const { id = '' } = args.positionals;
  const result = await client.cancel(id, callOptions(args, io));
  const code = show(result, args, io);
  return result.canceled ? EXIT_CODES.ok : code;
}

/** `watch`: the events of a task, or the task where there are none to come. */
export async function watch(
  client: A2AClient,
  args: Arguments,
  io: CommandIo,
): Promise<number> {
  const { id = '' } = args.positionals;
  const options = callOptions(args, io);
  try {
    return await showEvents(client.subscribe(id, options), args, io);
  } catch (error) {
    // It is finished already, or the agent does not stream.
    if (!isA2AError(error) || error.code !== 'UNSUPPORTED_OPERATION') {
      throw error;
    }
    const { signal } = options;
    const result = await client.waitFor(id, { signal });
    if (!args.options.has('json')) return show(result, args, io);
    // An event like those of a stream, on one line.
    io.print(toJsonLine({ task: result.raw }));
    return exitCodeOf(result);
  }
}

function callOptions({ options }: Arguments, { signal }: CommandIo) {
  return { timeoutMs: timeoutOf(options), signal };
}

function show(
  result: TaskResult,
  { options }: Arguments,
  io: CommandIo,
): number {
  const isJson = options.has('json');
  io.print(isJson ? toJson(result.raw) : showTask(result));
  return exitCodeOf(result);
}
