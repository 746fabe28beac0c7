import { StreamAssembler } from '../results/stream-assembler.js';
import { collect } from '../../test/scripted-agent.js';
import { textOfEvents } from './text-of-events.js';

async function* eventsOf(...values: unknown[]) {
  const assembler = new StreamAssembler();
  for (const value of values) {
    yield assembler.next({ id: undefined, value });
  }
}

const status = (state: string, text: string) => ({
  statusUpdate: {
    taskId: 't1',
    contextId: 'c1',
    status: {
      state: `TASK_STATE_${state}`,
      message: { messageId: text, role: 'ROLE_AGENT', parts: [{ text }] },
    },
  },
});

const textsOf = (...values: unknown[]) =>
  collect(textOfEvents(eventsOf(...values)));

describe('textOfEvents', () => {
  it.each(['COMPLETED', 'FAILED', 'INPUT_REQUIRED'])(
    'ends with the text of the status where nothing else was said: %s',
    async (state) => {
      expect(
        await textsOf(status('WORKING', 'Gathering'), status(state, 'Done')),
      ).toEqual(['Done']);
    },
  );

  it('does not take progress for a result', async () => {
    expect(await textsOf(status('WORKING', 'Gathering'))).toEqual([]);
    expect(await textsOf()).toEqual([]);
  });

  it('does not repeat a direct message', async () => {
    const parts = [{ text: 'hello' }];
    const message = { messageId: 'm', role: 'ROLE_AGENT', parts };
    expect(await textsOf({ message })).toEqual(['hello']);
  });

  it('does not add the status to artifacts', async () => {
    const artifact = { artifactId: 'a', parts: [{ text: 'Report' }] };
    expect(
      await textsOf(
        { artifactUpdate: { taskId: 't1', contextId: 'c1', artifact } },
        status('COMPLETED', 'Done'),
      ),
    ).toEqual(['Report']);
  });
});
