import { StreamEvent, TaskResult } from '@nest-a2a/client';
import { parseArguments } from '../arguments/parse-arguments.js';
import { EXIT_CODES } from '../exit-code.js';
import { showEvents } from './show-events.js';

const args = parseArguments(['watch', 'http://a.example', 'x']);
let complaints: string[];

function eventOf(id: string, state: 'COMPLETED' | 'WORKING'): StreamEvent {
  const status = { state: `TASK_STATE_${state}` } as const;
  const task = { id, contextId: 'c1', status };
  return new StreamEvent({ task }, undefined, () => new TaskResult(task));
}

async function* streamOf(...events: StreamEvent[]) {
  yield* events;
}

function show(...events: StreamEvent[]): Promise<number> {
  complaints = [];
  return showEvents(streamOf(...events), args, {
    env: {},
    signal: new AbortController().signal,
    print: () => undefined,
    complain: (text) => void complaints.push(text),
    readInput: () => Promise.resolve(''),
  });
}

describe('showEvents', () => {
  it('is done when the task is', async () => {
    expect(await show(eventOf('t1', 'COMPLETED'))).toBe(EXIT_CODES.ok);
    expect(complaints).toEqual([]);
  });

  it('does not take the end of a stream for that of its task', async () => {
    expect(await show(eventOf('t1', 'WORKING'))).toBe(EXIT_CODES.unknown);
    expect(complaints[0]).toMatch(/nest-a2a watch http:\/\/a\.example t1$/);
    expect(await show()).toBe(EXIT_CODES.unknown);
  });

  it('quotes the id that the agent chose', async () => {
    await show(eventOf('x; reboot', 'WORKING'));
    expect(complaints[0]).toMatch(/ 'x; reboot'$/);
  });
});
