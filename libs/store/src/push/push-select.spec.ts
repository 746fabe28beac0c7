import { TASK_STATES } from '@nest-a2a/protocol';
import { type TaskEvent } from '../log/task-event.js';
import { isSelected, type PushSelect } from './push-select.js';

const REF = { taskId: 't', contextId: 'c' };
const SELECTS: PushSelect[] = ['updates', 'status', 'terminal', 'all'];

function selectionsOf(event: TaskEvent): PushSelect[] {
  return SELECTS.filter((select) => isSelected(select, event));
}

function chunk(lastChunk?: boolean): TaskEvent {
  const artifact = { artifactId: 'a', parts: [] };
  const last = lastChunk === undefined ? {} : { lastChunk };
  return {
    kind: 'artifactUpdate',
    artifactUpdate: { ...REF, artifact, ...last },
  };
}

describe('isSelected', () => {
  it('gives the end of a task to every selection, other states to all but `terminal`', () => {
    const ends = TASK_STATES.filter((state) =>
      selectionsOf({
        kind: 'statusUpdate',
        statusUpdate: { ...REF, status: { state } },
      }).includes('terminal'),
    );
    expect(ends).toEqual([
      'TASK_STATE_COMPLETED',
      'TASK_STATE_FAILED',
      'TASK_STATE_CANCELED',
      'TASK_STATE_REJECTED',
    ]);
    const status = { state: 'TASK_STATE_WORKING' as const };
    expect(
      selectionsOf({ kind: 'statusUpdate', statusUpdate: { ...REF, status } }),
    ).toEqual(['updates', 'status', 'all']);
  });

  it('gives each chunk to `all`, and complete artifacts to `updates`', () => {
    expect(selectionsOf(chunk())).toEqual(['all']);
    expect(selectionsOf(chunk(false))).toEqual(['all']);
    expect(selectionsOf(chunk(true))).toEqual(['updates', 'all']);
    expect(selectionsOf({ kind: 'artifactEnd', artifactId: 'a' })).toEqual([
      'updates',
    ]);
  });

  it('gives the creating task and what is private to nobody', () => {
    const message = { messageId: 'm', role: 'ROLE_USER' as const, parts: [] };
    const status = { state: 'TASK_STATE_COMPLETED' as const };
    const events: TaskEvent[] = [
      { kind: 'task', task: { id: 't', status }, turn: {} },
      { kind: 'message', message, turn: {} },
      { kind: 'resume', turn: {} },
      { kind: 'announce' },
      { kind: 'reply', message },
      { kind: 'step', key: 'k', value: 1 },
    ];
    for (const event of events) {
      expect(selectionsOf(event)).toEqual([]);
    }
  });
});
