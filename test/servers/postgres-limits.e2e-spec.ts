import { TaskService } from '@nest-a2a/server';
import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { InstanceLab, submit, taskOf } from '../support/instance-lab.js';
import { held } from '../support/internals.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { RawStream } from '../support/raw-stream.js';
import { DURABLE_PUSH } from '../support/shared-runtime.js';
import { StreamReader } from '../support/stream-reader.js';
import { type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

/** More than the buffers of the operating system take. */
const CHUNKS = 12_000;
const CHUNK = 'x'.repeat(2_000);
const CHUNKS_AT_ONCE = 500;
const BELONGINGS = ['event', 'snapshot', 'send', 'context', 'push', 'attempt'];

/** The numbers from one to the other. */
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describeWithPostgres('what PostgreSQL keeps', () => {
  let lab: InstanceLab;

  beforeAll(async () => {
    lab = await InstanceLab.open();
  }, 60_000);

  afterEach(() => lab.endTest());

  afterAll(() => lab.stop());

  const count = async (table: string): Promise<number> => {
    const text = `select count(*)::int as n from $schema.${table}`;
    return (await lab.query(text))[0].n as number;
  };

  it('is there for a reader that was cut because it took nothing, on any instance', async () => {
    const sse = { bufferBytes: 100_000, stallMs: 1_000 };
    const first = await lab.start({ sse });
    first.worker.on('flood', async (context) => {
      for (let sent = 0; sent < CHUNKS; sent += CHUNKS_AT_ONCE) {
        const chunks = range(1, CHUNKS_AT_ONCE);
        await Promise.all(chunks.map(() => context.emitText(CHUNK)));
      }
      await context.complete();
    });
    const body = sendParams('flood');
    const path = '/message:stream';
    const reader = await RawStream.open(first.url, path, { body });
    await reader.holds('id: 1\n');
    reader.pause();
    const isCut = async () => held(first.app).exchanges === 0;
    await until(isCut, 'the cut');
    expect(held(first.app).watchedTasks).toBe(0);
    reader.resume();
    await reader.closed();
    const { lastId } = reader;
    expect(lastId).toBeLessThan(CHUNKS);

    const second = await lab.start({ roles: ['api'] });
    const resumed = await reader.continueAt(second.url);
    await resumed.holds(`id: ${CHUNKS + 4}\n`);
    expect(resumed.ids).toEqual([...range(lastId, CHUNKS + 2), CHUNKS + 4]);
    resumed.socket.destroy();
  }, 120_000);

  it('goes when it is old, but for what a webhook has not got', async () => {
    const scheduleMs = [0, 200, 200, 200, 200, 200, 200, 200];
    const push = { ...DURABLE_PUSH, scheduleMs };
    const first = await lab.start({ push });
    const sink = await lab.openSink();
    const gate = lab.newGate();
    sink.answerNext((response) => {
      void gate.pass().then(() => response.writeHead(200).end());
    });
    const config = { id: 'a', url: sink.url };
    const owing = await submit(first, 'hi', { config });
    await gate.reached;
    const done = await submit(first, 'hi');
    const hasEnded = async (id: string) =>
      (await taskOf(first, id)).status?.state === 'TASK_STATE_COMPLETED';
    const haveEnded = async () =>
      (await hasEnded(owing)) && (await hasEnded(done));
    await until(haveEnded, 'the tasks to end');

    // An instance looks for what is old when it starts.
    const retention = { finishedMs: 0 };
    await lab.start({ roles: ['api'], retention });
    const isGone = async () => !(await hasEnded(done));
    await until(isGone, 'the task to go');
    expect(await hasEnded(owing)).toBe(true);
    expect(await count('task')).toBe(1);

    gate.open();
    await sink.waitFor(3);
    const areNoted = async () => (await count('attempt')) === 3;
    await until(areNoted, 'the deliveries');
    await lab.start({ roles: ['api'], retention });
    const isEmpty = async () => (await count('task')) === 0;
    await until(isEmpty, 'the other task to go');
    for (const table of BELONGINGS) expect(await count(table)).toBe(0);
  }, 60_000);

  it('goes with its task when the host deletes that, whoever runs and reads it', async () => {
    const first = await lab.start();
    const second = await lab.start({ roles: ['api', 'push'] });
    const sink = await lab.openSink();
    const gate = lab.newGate();
    let refusal: unknown;
    first.worker.on('keep', async (context) => {
      await context.updateContext({ turns: 1 });
      await context.once('step', () => 'done');
      await context.emitText('chunk');
      await context.requestInput('more?');
    });
    first.worker.on('late', async (context) => {
      await gate.pass();
      refusal = await context.complete('late').catch((e: any) => e.code);
    });
    const config = { id: 'a', url: sink.url };
    const id = await submit(first, 'keep', { config });
    const isAsking = async () =>
      (await taskOf(second, id)).status.state === 'TASK_STATE_INPUT_REQUIRED';
    await until(isAsking, 'the question');
    await sink.waitFor(3);
    const message = { taskId: id };
    await submit(first, 'late', { message });
    await gate.reached;
    const stream = await streamOf(second, id);
    await stream.next();
    for (const table of BELONGINGS) expect(await count(table)).not.toBe(0);

    expect(await second.app.get(TaskService).delete(id)).toBe(true);
    expect(await stream.rest()).toEqual([]);
    for (const table of ['task', ...BELONGINGS]) {
      expect([table, await count(table)]).toEqual([table, 0]);
    }
    gate.open();
    await until(async () => refusal !== undefined, 'the refusal');
    expect(refusal).toBe('TURN_LOST');
    const { status } = await httpJson.call(first.url, 'GetTask', { id });
    expect(status).toBe(404);
    expect(await count('event')).toBe(0);
  }, 60_000);

  function streamOf({ url }: TestAgent, id: string): Promise<StreamReader> {
    return StreamReader.open(BINDINGS[0]!, url, {
      operation: 'SubscribeToTask',
      params: { id },
    });
  }
});
