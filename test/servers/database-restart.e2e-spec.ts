import { BINDINGS, brief, httpJson, sendParams } from '../support/a2a-http.js';
import { InstanceLab, taskOf } from '../support/instance-lab.js';
import { describeWithOwnPostgres } from '../support/postgres-server.js';
import { StreamReader } from '../support/stream-reader.js';
import { type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const SENDERS = 6;
const CHUNKS = 5;
/** The most that senders accept until the server goes, and after it is back. */
const BEFORE = 40;
const AFTER = 30;
const PUSH_DEADLINE_MS = 1_000;

/** What a sender was told, and what it saw. */
interface Sent {
  readonly taskId: string;
  readonly ids: readonly (string | undefined)[];
  readonly briefs: readonly string[];
}

describeWithOwnPostgres('a database that is restarted under load', () => {
  let lab: InstanceLab;
  let agents: TestAgent[];

  beforeAll(async () => {
    lab = await InstanceLab.open({ isDurable: true });
    const push = {
      allowHttp: true,
      allowPrivateNetworks: true,
      encryptionKey: Buffer.alloc(32, 7).toString('base64'),
      deadlineMs: PUSH_DEADLINE_MS,
    };
    agents = [await lab.start({ push }), await lab.start({ push })];
    for (const { worker } of agents) {
      worker.on('work', async (context) => {
        for (let chunk = 1; chunk <= CHUNKS; chunk += 1) {
          await context.emitText(`${chunk};`);
        }
        await context.complete();
      });
    }
  }, 60_000);

  afterAll(() => lab.stop());

  it('has every message that was accepted, whose streams have no gap and whose webhooks come', async () => {
    const sink = await lab.openSink();
    const sent: Sent[] = [];
    const accepted = new Set<string>();
    const refusals = new Set<number>();
    let isOver = false;

    const send = async (agent: TestAgent, number: number) => {
      const config = { id: 'a', url: sink.url };
      const stream = await StreamReader.open(BINDINGS[1]!, agent.url, {
        operation: 'SendStreamingMessage',
        params: sendParams(`work:${number}`, {
          configuration: { taskPushNotificationConfig: config },
        }),
      });
      const { statusCode = 0 } = stream.response;
      if (statusCode !== 200) {
        refusals.add(statusCode);
        expect(stream.response.headers['retry-after']).toBe('1');
        await stream.rest();
        return;
      }
      const first = await stream.next();
      const taskId = first.data.task.id as string;
      accepted.add(taskId);
      const events = [first, ...(await stream.rest())];
      sent.push({
        taskId,
        ids: events.map(({ id }) => id),
        briefs: events.map((event) => stream.brief(event)),
      });
    };
    const sender = async (_: unknown, index: number) => {
      for (let number = 0; !isOver; number += 1) {
        await send(agents[(index + number) % 2]!, number);
      }
    };
    const senders = Array.from({ length: SENDERS }, sender);
    await until(async () => accepted.size >= BEFORE, 'load');
    await lab.server.crash();
    const isNoticed = async () => {
      const { url } = agents[0]!;
      const { status } = await httpJson.call(url, 'ListTasks', {});
      return status === 503;
    };
    await until(isNoticed, 'the outage to be noticed');
    await lab.server.start();
    const before = accepted.size;
    await until(async () => accepted.size >= before + AFTER, 'more load');
    isOver = true;
    await Promise.all(senders);

    expect([...refusals].filter((status) => status !== 503)).toEqual([]);
    for (const { ids, briefs } of sent) {
      expect(briefs.at(-1)).toBe('COMPLETED');
      expect(briefs.filter((one) => one === 'artifact')).toHaveLength(CHUNKS);
      const numbers = ids.map(Number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }
    expect(sent.map(({ taskId }) => taskId).sort()).toEqual(
      [...accepted].sort(),
    );
    for (const id of accepted) {
      const { status, artifacts } = await taskOf(agents[1]!, id);
      expect(status.state).toBe('TASK_STATE_COMPLETED');
      const texts = artifacts.flatMap(({ parts }: any) => parts);
      expect(texts.map(({ text }: any) => text).join('')).toBe('1;2;3;4;5;');
    }
    const isToldOf = (id: string) =>
      sink.received.some(
        ({ body }) =>
          brief(body) === 'COMPLETED' &&
          (body as any).statusUpdate.taskId === id,
      );
    await until(async () => [...accepted].every(isToldOf), 'all webhooks');
  }, 120_000);
});
