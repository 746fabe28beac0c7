import { type Task, type TaskState } from '@nest-a2a/protocol';
import { type SendOptions } from '../messages/send-options.js';
import { collect } from '../../test/scripted-agent.js';
import { StreamEvent } from '../results/stream-event.js';
import { TaskResult } from '../results/task-result.js';
import { Conversation, type ConversationOptions } from './conversation.js';

/** A client whose agent ends each message with the next of these states. */
function clientOf(...states: string[]) {
  const sent: [unknown, SendOptions][] = [];
  let tasks = 0;
  return {
    sent,
    send: (input: unknown, options: SendOptions) => {
      sent.push([input, options]);
      const { taskId = `t${(tasks += 1)}`, contextId = 'c1' } = options;
      const state = `TASK_STATE_${states.shift()}` as TaskState;
      const task: Task = { id: taskId, contextId, status: { state } };
      return Promise.resolve(new TaskResult(task));
    },
    stream: async function* (input: unknown, options: SendOptions) {
      const { raw } = await this.send(input, options);
      const task = raw as Task;
      yield new StreamEvent({ task }, '1', () => new TaskResult(task));
    },
  };
}

function talk(options: ConversationOptions, ...states: string[]) {
  const client = clientOf(...states);
  const conversation = new Conversation(client, options);
  const places = () =>
    client.sent.map(([, { contextId, taskId }]) => [contextId, taskId]);
  return { client, conversation, places };
}

describe('a conversation (A2A §3.4)', () => {
  it('goes on with the task that waits, and makes another after its end', async () => {
    const { conversation, places } = talk(
      {},
      'INPUT_REQUIRED',
      'COMPLETED',
      'WORKING',
      'COMPLETED',
    );
    expect(conversation.taskId).toBeUndefined();
    for (const input of ['a', 'b', 'c', 'd']) await conversation.send(input);
    expect(places()).toEqual([
      [undefined, undefined],
      ['c1', 't1'],
      ['c1', undefined],
      ['c1', 't2'],
    ]);
    expect(conversation.contextId).toBe('c1');
    expect(conversation.taskId).toBeUndefined();
  });

  it('is the same where the answers are streams', async () => {
    const { conversation, places } = talk(
      {},
      'INPUT_REQUIRED',
      'COMPLETED',
      'WORKING',
    );
    const [asked] = await collect(conversation.stream('a'));
    expect(asked?.state).toBe('input-required');
    await collect(conversation.streamText('b'));
    await conversation.send('c');
    expect(places()).toEqual([
      [undefined, undefined],
      ['c1', 't1'],
      ['c1', undefined],
    ]);
  });

  it('refuses a number of answers that makes no sense', () => {
    expect(() => talk({ maxAnswers: -1 })).toThrow(TypeError);
  });

  it('begins where it is told to', async () => {
    const place = { contextId: 'c9', taskId: 't9' };
    const { conversation, places } = talk(place, 'COMPLETED', 'COMPLETED');
    await conversation.send('a');
    await conversation.send('b');
    expect(places()).toEqual([
      ['c9', 't9'],
      ['c9', undefined],
    ]);
  });

  it('answers what it is asked, each time with a message of its own', async () => {
    const { conversation, client } = talk(
      { answer: ({ taskId }) => `for ${taskId}` },
      'INPUT_REQUIRED',
      'INPUT_REQUIRED',
      'COMPLETED',
    );
    const result = await conversation.send('a', {
      messageId: 'm1',
      timeoutMs: 9,
    });
    expect(result.completed).toBe(true);
    expect(client.sent.map(([input]) => input)).toEqual([
      'a',
      'for t1',
      'for t1',
    ]);
    const ids = client.sent.map(([, { messageId }]) => messageId);
    expect(ids).toEqual(['m1', undefined, undefined]);
    expect(client.sent[2]?.[1].timeoutMs).toBe(9);
  });

  it('leaves a question to the caller that it has no answer to', async () => {
    const { conversation } = talk(
      { answer: () => undefined },
      'INPUT_REQUIRED',
    );
    expect((await conversation.send('a')).inputRequired).toBe(true);
  });

  it('answers so often and no more', async () => {
    const { conversation, client } = talk(
      { answer: () => 'again', maxAnswers: 2 },
      ...Array<string>(9).fill('INPUT_REQUIRED'),
    );
    expect((await conversation.send('a')).inputRequired).toBe(true);
    expect(client.sent).toHaveLength(3);
  });

  it('does not answer a question for credentials', async () => {
    const { conversation, client } = talk(
      { answer: () => 'secret' },
      'AUTH_REQUIRED',
    );
    await conversation.send('a');
    expect(client.sent).toHaveLength(1);
  });
});
