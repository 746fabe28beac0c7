import { httpJson } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { until } from '../support/until.js';
import {
  codeOf,
  FAILED_TEXT,
  SECRET,
  WorkerLab,
} from '../support/worker-lab.js';

let lab: WorkerLab;

beforeAll(async () => {
  lab = await WorkerLab.start({
    turn: { timeoutMs: 60_000 },
    limits: { artifactBytes: 10_000 },
  });
});

beforeEach(() => lab.beginTest());
afterEach(() => lab.endTest());
afterAll(() => lab.close());

describe('a worker that', () => {
  it.each([
    ['rejects', () => Promise.reject(new Error(SECRET))],
    [
      'throws at once',
      () => {
        throw new Error(SECRET);
      },
    ],
    [
      'throws something that is no error',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw SECRET;
      },
    ],
  ])('%s fails its task; the operator reads why', async (_how, behaviour) => {
    lab.on('broken', behaviour);
    const task = await lab.send('broken');
    await lab.expectFailure(task, FAILED_TEXT, /failed/);
    expect(lab.logs.lines.join()).toContain(SECRET);
  });

  it('returns without an ending call fails its task', async () => {
    lab.on('forgets', (context) => context.sendStatus('hm'));
    await lab.expectFailure(
      await lab.send('forgets'),
      'The agent ended its work without a result.',
      /without an ending call/,
    );
  });

  it('ends twice has its first end, and is told of the second', async () => {
    const codes: string[] = [];
    lab.on('twice', async (context) => {
      await context.complete('one');
      codes.push(await codeOf(context.fail('two')));
      codes.push(await codeOf(context.sendStatus('three')));
      codes.push(await codeOf(context.emitText('four')));
      codes.push(await codeOf(context.once('five', () => 5)));
      expect(context.turnEnded).toBe(true);
    });
    const task = await lab.send('twice');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    await until(() => codes.length === 4);
    expect(codes).toEqual(Array(4).fill('TURN_ENDED'));
    expect(await lab.endings(task.id)).toEqual(['TASK_STATE_COMPLETED']);
    expect(lab.logs.troubles).toEqual([
      expect.stringMatching(/refused .*The turn has ended/) as string,
    ]);
    expect(lab.logs.troubles[0]).toContain(task.id);
  });

  it('emits after the end changes nothing, and the operator reads of it', async () => {
    const gate = new Gate();
    lab.on('afterthought', async (context) => {
      await context.complete('all');
      setImmediate(() => {
        void context.emitText('and more');
        gate.open();
      });
    });
    const task = await lab.send('afterthought');
    await gate.pass();
    expect(await lab.logs.find(/refused .*The turn has ended/)).toContain(
      task.id,
    );
    expect(task.artifacts).toHaveLength(1);
    const params = { id: task.id };
    const { body } = await httpJson.call(lab.agent.url, 'GetTask', params);
    expect(body).toEqual(task);
  });

  it('ends twice at once has its first end', async () => {
    const codes: string[] = [];
    lab.on('race', async (context) => {
      const ends = [context.complete('one'), context.fail('two')];
      codes.push(...(await Promise.all(ends.map(codeOf))));
    });
    const task = await lab.send('race');
    expect(await lab.endings(task.id)).toEqual(['TASK_STATE_COMPLETED']);
    await until(() => codes.length === 2);
    expect(codes).toEqual(['undefined', 'TURN_ENDED']);
  });

  it('throws after its end leaves the task as it is; the operator reads it', async () => {
    lab.on('late', async (context) => {
      await context.complete('fine');
      throw new Error(SECRET);
    });
    const task = await lab.send('late');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(await lab.logs.find(/after it had ended/)).toContain(SECRET);
  });

  it('never returns fails its task after turn.timeoutMs, and its signal says why', async () => {
    let signal: AbortSignal | undefined;
    lab.on('hangs', (context) => {
      signal = context.signal;
      return new Promise<void>(() => undefined);
    });
    const sent = lab.send('hangs');
    await until(() => signal !== undefined);
    await lab.clock.advance(59_999);
    expect(signal?.aborted).toBe(false);
    await lab.clock.advance(1);
    await lab.expectFailure(
      await sent,
      'The agent took too long.',
      /timeoutMs/,
    );
    expect(signal?.reason).toMatchObject({ code: 'TURN_TIMED_OUT' });
  });

  it('ends in time leaves no timer behind', async () => {
    const before = await lab.clock.restingTimers();
    await lab.send('quick');
    await until(() => held(lab.agent.app).turns === 0);
    expect(await lab.clock.restingTimers()).toBe(before);
  });

  it('goes on after its time has no effect any more', async () => {
    const gate = new Gate();
    const codes: string[] = [];
    lab.on('goes on', async (context) => {
      await gate.pass();
      codes.push(await codeOf(context.emitText('late')));
      codes.push(await codeOf(context.complete('late')));
      throw new Error('late failure');
    });
    const sent = lab.send('goes on');
    await gate.reached;
    await lab.clock.advance(60_000);
    const task = await sent;
    gate.open();
    expect(await lab.logs.find(/after it was told to stop/)).toContain(
      'late failure',
    );
    expect(codes).toEqual(['TURN_ENDED', 'TURN_ENDED']);
    expect(await lab.endings(task.id)).toEqual(['TASK_STATE_FAILED']);
  });

  const cycle: any = {};
  cycle.self = cycle;

  it.each<[string, unknown]>([
    ['a BigInt', 1n],
    ['a cycle', cycle],
    ['nothing', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
  ])(
    'emits %s as data is told so; unheeded it fails the task',
    async (_name, value) => {
      lab.on('bad data', (context) => context.completeJson(value as never));
      await lab.expectFailure(
        await lab.send('bad data'),
        FAILED_TEXT,
        /failed/,
      );
    },
  );

  it.each<[string, any]>([
    ['no parts', []],
    ['a part without content', [{}]],
    ['a part with two contents', [{ text: 'a', url: 'https://a.example' }]],
    ['raw content that is no base64', [{ raw: '!' }]],
    ['null', null],
    ['a number', 7],
    ['null among parts', [null]],
  ])(
    'emits %s is told so; unheeded it fails the task',
    async (_name, parts) => {
      lab.on('bad parts', (context) => context.complete(parts));
      await lab.expectFailure(
        await lab.send('bad parts'),
        FAILED_TEXT,
        /failed/,
      );
    },
  );

  it('can still end its task after output that was refused', async () => {
    const codes: string[] = [];
    lab.on('recovers', async (context) => {
      codes.push(await codeOf(context.complete([])));
      codes.push(await codeOf(context.emitText('x'.repeat(10_001))));
      codes.push(await codeOf(context.sendStatus({ raw: '!' })));
      await context.complete('after all');
    });
    const task = await lab.send('recovers');
    expect(codes).toEqual(Array(3).fill('INVALID_OUTPUT'));
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(task.artifacts).toHaveLength(1);
  });

  it('makes an artifact larger than it may be fails; chunks count together', async () => {
    lab.on('large', async (context) => {
      await context.emitText('x'.repeat(6_000));
      await context.emitText('y'.repeat(6_000));
    });
    const task = await lab.send('large');
    await lab.expectFailure(task, FAILED_TEXT, /10000 bytes/);
    expect(task.artifacts[0].parts[0].text).toHaveLength(6_000);
  });

  it('changes what it has emitted afterwards changes nothing', async () => {
    lab.on('changes', async (context) => {
      const data = { list: [1] };
      const parts = [{ data }];
      const emitted = context.emitArtifact({ artifactId: 'a', parts });
      data.list.push(2);
      parts.push({ data: { list: [3] } });
      await emitted;
      data.list.push(4);
      await context.complete();
    });
    const task = await lab.send('changes');
    expect(task.artifacts[0].parts).toEqual([{ data: { list: [1] } }]);
  });

  it('emits keys that mean something to JavaScript does no harm', async () => {
    const data = JSON.parse('{"__proto__":{"polluted":1},"constructor":1}');
    lab.on('proto', async (context) => {
      await context.once('__proto__', () => 1);
      await context.emitArtifact({ artifactId: '__proto__', parts: { data } });
      await context.complete();
    });
    const task = await lab.send('proto');
    expect(JSON.stringify(task.artifacts[0].parts[0].data)).toBe(
      JSON.stringify(data),
    );
    expect(({} as any).polluted).toBeUndefined();
  });

  it('does not await its emits has them all in order, up to a limit', async () => {
    lab.on('hasty', (context) => {
      for (let sent = 0; sent < 900; sent++)
        void context.sendStatus(String(sent));
      void context.complete();
    });
    const task = await lab.send('hasty');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    const said = task.history
      .filter(({ role }: any) => role === 'ROLE_AGENT')
      .map(({ parts }: any) => Number(parts[0].text));
    expect(said).toEqual(Array.from({ length: 900 }, (_, index) => index));
  });

  it('floods without awaiting fails its task instead of losing some of what it says', async () => {
    lab.on('flood', (context) => {
      for (let sent = 0; sent < 5_000; sent++)
        void context.sendStatus(String(sent));
      void context.complete('as if nothing had happened');
    });
    const task = await lab.send('flood');
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(task.artifacts).toBeUndefined();
    expect(await lab.logs.find(/await them/)).toContain(task.id);
    // Thousands are refused; the operator reads of it once.
    const warnings = lab.logs.lines.filter((line) => line.startsWith('warn'));
    expect(warnings).toHaveLength(1);
    expect(await lab.endings(task.id)).toEqual(['TASK_STATE_FAILED']);
  });

  it('does not await an emit that is refused harms nobody but itself', async () => {
    lab.on('careless', async (context) => {
      void context.emitText('x'.repeat(20_000));
      void context.sendStatus([]);
      void context.once('k', () => Promise.reject(new Error('step')));
      void context.updateContext(1n as never);
      await context.complete();
      void context.complete();
      void context.emitText('more');
    });
    const task = await lab.send('careless');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
  });
});
