import { type JsonObject } from '../json.js';
import { type Message } from '../message/message.js';
import { type Part } from '../message/part.js';
import { TaskFold } from './task-fold.js';
import { type TaskState } from './task-state.js';
import { type Artifact, type Task } from './task.js';

const ids = { taskId: 't1', contextId: 'c1' };

function message(messageId: string): Message {
  return { messageId, role: 'ROLE_AGENT', parts: [{ text: messageId }] };
}

function task(rest: Partial<Task> = {}): Task {
  return {
    id: 't1',
    contextId: 'c1',
    status: { state: 'TASK_STATE_SUBMITTED' },
    ...rest,
  };
}

function status(state: TaskState, said?: Message) {
  return { ...ids, status: { state, ...(said && { message: said }) } };
}

function artifact(texts: string[], rest: Partial<Artifact> = {}): Artifact {
  return { artifactId: 'a1', parts: texts.map((text) => ({ text })), ...rest };
}

function historyOf(fold: TaskFold): string[] {
  return (fold.snapshot().history ?? []).map(({ messageId }) => messageId);
}

describe('a task without events', () => {
  it('is what it was made from', () => {
    const whole = task({
      metadata: { a: 1 },
      history: [message('m1')],
      artifacts: [artifact(['x'], { name: 'n', metadata: { b: 1 } })],
    });
    expect(new TaskFold(whole).snapshot()).toEqual(whole);
  });

  it('has no history and no artifacts rather than empty ones', () => {
    const snapshot = new TaskFold(
      task({ history: [], artifacts: [] }),
    ).snapshot();
    expect(Object.keys(snapshot)).toEqual(['id', 'contextId', 'status']);
  });

  it('does not follow later changes of what it was made from', () => {
    const source = task({
      history: [message('m1')],
      artifacts: [artifact(['x'])],
    });
    const fold = new TaskFold(source);
    source.history?.push(message('m2'));
    source.artifacts?.[0]?.parts.push({ text: 'y' });
    expect(fold.snapshot()).toEqual(
      task({ history: [message('m1')], artifacts: [artifact(['x'])] }),
    );
  });
});

describe('history', () => {
  it('does not hold the message of the current status, and gets it when the status is replaced (A2A §3.7)', () => {
    const fold = new TaskFold(task({ history: [message('user')] }));
    fold.applyStatus(status('TASK_STATE_WORKING', message('s1')));
    expect(historyOf(fold)).toEqual(['user']);
    expect(fold.snapshot().status.message).toEqual(message('s1'));
    fold.applyStatus(status('TASK_STATE_INPUT_REQUIRED', message('s2')));
    expect(historyOf(fold)).toEqual(['user', 's1']);
    fold.addMessage(message('answer'));
    fold.applyStatus(status('TASK_STATE_COMPLETED'));
    expect(historyOf(fold)).toEqual(['user', 's1', 'answer', 's2']);
    expect(fold.snapshot().status).toEqual({ state: 'TASK_STATE_COMPLETED' });
  });

  it('does not repeat a status message that is sent again', () => {
    const fold = new TaskFold(task());
    const again = { ...message('s1'), parts: [{ text: 'longer' }] };
    fold.applyStatus(status('TASK_STATE_WORKING', message('s1')));
    fold.applyStatus(status('TASK_STATE_WORKING', again));
    expect(historyOf(fold)).toEqual([]);
    fold.applyStatus(status('TASK_STATE_COMPLETED'));
    expect(fold.snapshot().history).toEqual([again]);
  });

  it.each([
    [0, undefined],
    [1, ['m3']],
    [2, ['m2', 'm3']],
    [3, ['m1', 'm2', 'm3']],
    [4, ['m1', 'm2', 'm3']],
    [2_147_483_647, ['m1', 'm2', 'm3']],
    [undefined, ['m1', 'm2', 'm3']],
  ])('shows the newest of length %p (A2A §3.2.4)', (historyLength, shown) => {
    const history = ['m1', 'm2', 'm3'].map(message);
    const snapshot = new TaskFold(task({ history })).snapshot({
      historyLength,
    });
    expect(snapshot.history?.map(({ messageId }) => messageId)).toEqual(shown);
    expect('history' in snapshot).toBe(shown !== undefined);
  });
});

describe('artifacts', () => {
  it('are appended to', () => {
    const fold = new TaskFold(task());
    fold.applyArtifact({ ...ids, artifact: artifact(['a']) });
    fold.applyArtifact({
      ...ids,
      artifact: artifact(['b', 'c']),
      append: true,
    });
    expect(fold.artifact('a1')).toEqual(artifact(['a', 'b', 'c']));
  });

  it.each([false, undefined])('are replaced when append is %p', (append) => {
    const fold = new TaskFold(
      task({ artifacts: [artifact(['a'], { name: 'old' })] }),
    );
    fold.applyArtifact({
      ...ids,
      artifact: artifact(['b']),
      ...(append !== undefined && { append }),
    });
    expect(fold.snapshot().artifacts).toEqual([artifact(['b'])]);
  });

  it('are made by a chunk for one that is not there', () => {
    const fold = new TaskFold(task());
    expect(fold.hasArtifact('a1')).toBe(false);
    fold.applyArtifact({ ...ids, artifact: artifact(['a']), append: true });
    expect(fold.hasArtifact('a1')).toBe(true);
    expect(fold.snapshot().artifacts).toEqual([artifact(['a'])]);
  });

  it('take from a chunk what it says and keep the rest', () => {
    const fold = new TaskFold(
      task({
        artifacts: [
          artifact(['a'], {
            name: 'n',
            description: 'd',
            metadata: { x: 1, y: 1 },
          }),
        ],
      }),
    );
    fold.applyArtifact({
      ...ids,
      artifact: artifact(['b'], {
        description: 'new',
        metadata: { y: 2, z: 3 },
      }),
      append: true,
    });
    expect(fold.artifact('a1')).toEqual(
      artifact(['a', 'b'], {
        name: 'n',
        description: 'new',
        metadata: { x: 1, y: 2, z: 3 },
      }),
    );
  });

  it('keep their order when one is replaced', () => {
    const fold = new TaskFold(task());
    for (const artifactId of ['a1', 'a2', 'a1']) {
      fold.applyArtifact({ ...ids, artifact: artifact(['x'], { artifactId }) });
    }
    expect(fold.snapshot().artifacts?.map((a) => a.artifactId)).toEqual([
      'a1',
      'a2',
    ]);
  });

  it('are not shown unless wanted: the member is missing (A2A §3.1.4)', () => {
    const fold = new TaskFold(task({ artifacts: [artifact(['a'])] }));
    expect(fold.snapshot({ includeArtifacts: false })).toEqual(task());
    expect(fold.snapshot({ includeArtifacts: true }).artifacts).toHaveLength(1);
  });

  it('may be named like members of an object', () => {
    const fold = new TaskFold(task());
    for (const artifactId of ['__proto__', 'constructor']) {
      expect(fold.hasArtifact(artifactId)).toBe(false);
      expect(fold.artifact(artifactId)).toBeUndefined();
      fold.applyArtifact({ ...ids, artifact: artifact(['x'], { artifactId }) });
      expect(fold.artifact(artifactId)?.artifactId).toBe(artifactId);
    }
  });

  it('keep __proto__ in metadata as data', () => {
    const json = '{"__proto__":{"polluted":1},"constructor":2}';
    const fold = new TaskFold(task());
    for (let chunk = 0; chunk < 2; chunk++) {
      const metadata = JSON.parse(json) as Record<string, number>;
      fold.applyArtifact({
        ...ids,
        artifact: artifact(['x'], { metadata }),
        append: true,
      });
    }
    expect(JSON.stringify(fold.artifact('a1')?.metadata)).toBe(json);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('snapshots', () => {
  it('do not change with later events', () => {
    const fold = new TaskFold(
      task({
        history: [message('m1')],
        artifacts: [artifact(['a'], { metadata: { x: 1 } })],
      }),
    );
    const before = fold.snapshot();
    const single = fold.artifact('a1');
    const copy = structuredClone({ before, single });
    fold.addMessage(message('m2'));
    fold.applyStatus(status('TASK_STATE_WORKING', message('s1')));
    fold.applyArtifact({
      ...ids,
      artifact: artifact(['b'], { name: 'n', metadata: { x: 2, y: 2 } }),
      append: true,
    });
    expect({ before, single }).toEqual(copy);
    expect(fold.snapshot()).not.toEqual(before);
  });

  it('do not change the event that a chunk came from', () => {
    const fold = new TaskFold(task());
    const first = { ...ids, artifact: artifact(['a'], { metadata: { x: 1 } }) };
    const second = {
      ...ids,
      artifact: artifact(['b'], { metadata: { y: 1 } }),
      append: true,
    };
    const copy = structuredClone({ first, second });
    fold.applyArtifact(first);
    fold.applyArtifact(second);
    expect({ first, second }).toEqual(copy);
  });
});

describe('the cost of an event', () => {
  /** How many elements of lists are walked over while `work` runs. */
  function countSteps(work: () => void): number {
    const original = Array.prototype[Symbol.iterator];
    let steps = 0;
    Array.prototype[Symbol.iterator] = function* (this: unknown[]) {
      for (let i = 0; i < this.length; i++) {
        steps++;
        yield this[i];
      }
    } as typeof original;
    try {
      work();
    } finally {
      Array.prototype[Symbol.iterator] = original;
    }
    return steps;
  }

  function append(chunks: number, metadataOf?: (i: number) => JsonObject) {
    const fold = new TaskFold(task());
    for (let i = 0; i < chunks; i++) {
      const metadata = metadataOf?.(i);
      fold.applyArtifact({
        ...ids,
        artifact: artifact(['x'], metadata && { metadata }),
        append: true,
      });
    }
    return fold.artifact('a1');
  }

  it('is its own size: 10,000 chunks take 100 times the steps of 100', () => {
    const few = countSteps(() => append(100));
    const many = countSteps(() => append(10_000));
    expect(few).toBeGreaterThanOrEqual(100);
    expect(many).toBeLessThanOrEqual(few * 101);
    expect(append(10_000)?.parts).toHaveLength(10_000);
  });

  it('is its own size when each chunk brings new metadata', () => {
    const startMs = performance.now();
    const whole = append(10_000, (i) => ({ [`key${i}`]: i }));
    expect(Object.keys(whole?.metadata ?? {})).toHaveLength(10_000);
    // Some milliseconds; half a minute when each chunk copies what is there.
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it('may be one chunk of very many parts', () => {
    const parts: Part[] = Array.from({ length: 500_000 }, () => ({
      text: 'x',
    }));
    const fold = new TaskFold(task({ artifacts: [artifact(['a'])] }));
    fold.applyArtifact({
      ...ids,
      artifact: { artifactId: 'a1', parts },
      append: true,
    });
    expect(fold.artifact('a1')?.parts).toHaveLength(500_001);
  });
});
