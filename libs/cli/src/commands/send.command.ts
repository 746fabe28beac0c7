import { randomUUID } from 'node:crypto';
import {
  type A2AClient,
  isA2AError,
  type Part,
  type SendOptions,
  type TaskResult,
} from '@nest-a2a/client';
import {
  type Arguments,
  type OptionValues,
} from '../arguments/parse-arguments.js';
import { readJsonObject } from '../arguments/read-json.js';
import { UsageError } from '../arguments/usage-error.js';
import { timeoutOf } from '../connect.js';
import { exitCodeOf } from '../exit-code.js';
import { type CommandIo } from '../io.js';
import { shellWord } from '../output/shell-word.js';
import { showTask } from '../output/show-task.js';
import { toJson } from '../output/to-json.js';
import { messageParts } from './message-parts.js';
import { showEvents, watchCommand } from './show-events.js';

/** `send`: a message, and what comes of it. */
export async function send(
  client: A2AClient,
  args: Arguments,
  io: CommandIo,
): Promise<number> {
  const { options } = args;
  if (options.has('stream') && options.has('no-wait')) {
    throw new UsageError('--stream and --no-wait do not go together');
  }
  const parts = await messageParts(args, io);
  const sending = await sendOptions(options, io);
  if (options.has('stream')) {
    return showEvents(client.stream(parts, sending), args, io);
  }
  const endsAt = performance.now() + (sending.timeoutMs ?? Infinity);
  const blocking = !options.has('no-wait');
  const sent = await sendOnce(client, parts, { ...sending, blocking, io });
  const isDone = !blocking || sent.isTerminal || sent.isInterrupted;
  const result = isDone
    ? sent
    : await waitOn(client, sent, { args, io, endsAt });
  io.print(options.has('json') ? toJson(result.raw) : showTask(result));
  return exitCodeOf(result);
}

async function sendOnce(
  client: A2AClient,
  parts: readonly Part[],
  { io, ...options }: SendOptions & { io: CommandIo },
): Promise<TaskResult> {
  try {
    return await client.send(parts, options);
  } catch (error) {
    if (io.signal.aborted) {
      const id = shellWord(options.messageId ?? '');
      io.complain('The agent may have taken the message.');
      io.complain(`The same message once more: --message-id ${id}`);
    }
    throw error;
  }
}

interface Waiting {
  readonly args: Arguments;
  readonly io: CommandIo;
  /** By `performance.now()`. */
  readonly endsAt: number;
}

/** Some agents answer before the task is done, although they were asked to wait. */
async function waitOn(
  client: A2AClient,
  { taskId }: TaskResult,
  { args: { positionals, options }, io, endsAt }: Waiting,
): Promise<TaskResult> {
  const { signal } = io;
  const timeoutMs = Math.max(1, endsAt - performance.now());
  try {
    const result = await client.waitFor(taskId, { signal, timeoutMs });
    const historyLength = options.wholeNumber('history');
    return historyLength === undefined
      ? result
      : await client.getTask(taskId, { signal, historyLength });
  } catch (error) {
    if (!isA2AError(error)) {
      const command = watchCommand(positionals.url ?? '', { taskId });
      io.complain(`The task goes on: ${command}`);
    }
    throw error;
  }
}

async function sendOptions(
  options: OptionValues,
  { env, signal }: CommandIo,
): Promise<SendOptions> {
  const metadata = options.text('metadata');
  const pushUrl = options.text('push');
  return {
    taskId: options.text('task'),
    contextId: options.text('context'),
    messageId: options.text('message-id') ?? randomUUID(),
    metadata:
      metadata === undefined
        ? undefined
        : await readJsonObject('metadata', metadata),
    pushUrl,
    pushToken:
      options.text('push-token') ?? (pushUrl ? env.A2A_PUSH_TOKEN : undefined),
    historyLength: options.wholeNumber('history'),
    timeoutMs: timeoutOf(options),
    signal,
  };
}
