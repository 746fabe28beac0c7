import { randomUUID } from 'node:crypto';
import { type WebhookSink } from '@nest-a2a/testing';
import { type InteropAgent } from './interop-agent.js';
import { type Dialect, type InteropClient } from './interop-client.js';

/** Who takes part in a scenario. */
export interface Sides extends Circumstances {
  readonly client: InteropClient;
  readonly agent: InteropAgent;
  readonly sink: WebhookSink;
}

/** What is spoken, and which side is that of the SDK. */
export interface Circumstances extends Dialect {
  readonly sdk: 'client' | 'server';
}

/** The params of a send. */
export function say(
  text: string,
  { message = {}, ...rest }: { message?: object; configuration?: object } = {},
): object {
  const parts = [{ text }];
  const messageId = randomUUID();
  return {
    message: { messageId, role: 'ROLE_USER', parts, ...message },
    ...rest,
  };
}

/** Begins a task, and leaves it. @returns the task as it is then */
export async function begin(
  { client }: Sides,
  text: string,
  configuration: object = {},
): Promise<any> {
  for await (const { task } of client.stream(say(text, { configuration }))) {
    if (task) return task;
  }
}

/** Asks for a task until it is in a state. */
export async function untilState(
  { client }: Sides,
  id: string,
  state: string,
): Promise<any> {
  for (;;) {
    const task = await client.get({ id });
    if (stateOf(task) === state) return task;
  }
}

/** The reason of the error of each call. */
export async function reasons(
  { client }: Sides,
  calls: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) {
    found[name] = await call().then(() => 'none', client.reasonOf);
  }
  return found;
}

/** All events of a stream. */
export async function all(events: AsyncIterable<any>): Promise<any[]> {
  const list: any[] = [];
  for await (const event of events) list.push(event);
  return list;
}

/** The state of a task, in short. */
export function stateOf({ status }: any): string {
  return status.state.replace('TASK_STATE_', '');
}

/** The parts of each artifact of a task. */
export function partsOf({ artifacts = [] }: any): unknown[] {
  return artifacts.map(({ parts }: any) => parts);
}

/** What a stream has said, in short. */
export function outlineOf(events: readonly any[]): string[] {
  return events.flatMap(({ task, statusUpdate, artifactUpdate, message }) => {
    if (task) return [`task`];
    if (message) return [`message ${textOf(message)}`];
    if (artifactUpdate) {
      const { artifact, lastChunk } = artifactUpdate;
      return [`artifact ${textOf(artifact)}${lastChunk ? ' last' : ''}`];
    }
    const text = textOf(statusUpdate.status.message);
    // Our server also says when the work begins.
    return text || stateOf(statusUpdate) !== 'WORKING'
      ? [`${stateOf(statusUpdate)} ${text}`.trim()]
      : [];
  });
}

/** The text of the first part of a message or an artifact. */
export function textOf(from: any): string {
  return from?.parts?.[0]?.text ?? '';
}
