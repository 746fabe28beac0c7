import { type Operation, OPERATIONS } from '@nest-a2a/protocol';
import {
  BINDINGS,
  eventsOf,
  sendParams,
  type WireBinding,
} from '../support/a2a-http.js';
import {
  GRPC_AGENT,
  grpcAddress,
  GrpcCallError,
  GrpcClient,
} from '../support/grpc-client.js';
import {
  type Platform,
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const PART_KINDS = [
  { text: 'all: ünï', metadata: { n: 1 } },
  { raw: 'AP8Q', filename: 'x.bin', mediaType: 'application/json' },
  { url: 'https://example.com/a?b=c' },
  { data: [null, 1.5, { a: false }] },
];
const HOOK = 'http://127.0.0.1:9/hook';

/** What a call was answered with: the result, or what was wrong. */
interface Said {
  readonly result?: any;
  readonly refusal?: object;
}

/** One binding, in the JSON of A2A. */
interface Line {
  call(operation: Operation, params: object): Promise<Said>;
  open(operation: Operation, params: object): AsyncIterable<any>;
  close(): void;
}

const overHttp =
  (binding: WireBinding) =>
  ({ url }: TestAgent): Line => ({
    call: async (operation, params) => {
      const answer = await binding.call(url, operation, params);
      const { error } = answer.body;
      return error
        ? { refusal: refusalOf(error) }
        : { result: binding.result(answer) };
    },
    async *open(operation, params) {
      const response = await binding.open(url, operation, params);
      for await (const event of eventsOf(response)) {
        yield binding.response(event);
      }
    },
    close: () => undefined,
  });

/** The same members as those of our error, from those of the wire. */
function refusalOf({ message, data, details = data }: any): object {
  const merged = Object.assign({}, ...details);
  const { fieldViolations = [], metadata = {} } = merged;
  return { message, violations: fieldViolations, metadata };
}

const overGrpc = (agent: TestAgent): Line => {
  const client = new GrpcClient(grpcAddress(agent));
  return {
    call: async (operation, params) => {
      try {
        return { result: (await client.call(operation, params)).body };
      } catch (error) {
        if (!(error instanceof GrpcCallError)) throw error;
        const { message, violations, metadata } = error.error;
        return { refusal: { message, violations, metadata } };
      }
    },
    open: (operation, params) => client.open(operation, params),
    close: () => client.close(),
  };
};

const LINES = [...BINDINGS.map(overHttp), overGrpc];

/** Every operation, once where it works and once where it does not. */
class Transcript {
  readonly lines: [what: string, said: unknown][] = [];

  constructor(private readonly line: Line) {}

  async write(): Promise<void> {
    const all = { message: { parts: PART_KINDS, metadata: { k: [null] } } };
    const { task } = await this.call('SendMessage', sendParams('', all));
    const message = { taskId: task.id };
    await this.call('SendMessage', sendParams('hi', { message }));
    await this.call('SendMessage', { message: {} });
    await this.stream('SendStreamingMessage', sendParams('all: hi'));
    const asked = await this.call('SendMessage', sendParams('ask'));
    await this.reads(task);
    await this.pushes(asked.task.id);
    await this.follow(asked.task.id);
    await this.call('GetExtendedAgentCard', {});
  }

  private async reads({ id, contextId }: any): Promise<void> {
    await this.call('GetTask', { id });
    await this.call('GetTask', { id, historyLength: 0 });
    await this.call('GetTask', { id: 'nobody' });
    const query = { contextId, includeArtifacts: true, historyLength: 1 };
    await this.call('ListTasks', query);
    await this.call('ListTasks', { contextId: 'nobody' });
    await this.call('ListTasks', { pageSize: 0 });
  }

  private async pushes(taskId: string): Promise<void> {
    const config = { taskId, id: 'mine', url: HOOK, token: 't' };
    await this.call('CreateTaskPushNotificationConfig', config);
    await this.call('CreateTaskPushNotificationConfig', {
      ...config,
      url: 'ftp://x',
    });
    const named = { taskId, id: 'mine' };
    await this.call('GetTaskPushNotificationConfig', named);
    await this.call('ListTaskPushNotificationConfigs', { taskId });
    await this.call('DeleteTaskPushNotificationConfig', named);
    await this.call('DeleteTaskPushNotificationConfig', named);
    await this.call('GetTaskPushNotificationConfig', named);
  }

  private async follow(id: string): Promise<void> {
    const open = this.line.open('SubscribeToTask', { id });
    const events = open[Symbol.asyncIterator]();
    const said = [(await events.next()).value];
    const answer = sendParams('all: answer', { message: { taskId: id } });
    await this.call('SendMessage', answer);
    for (;;) {
      const { value, done } = await events.next();
      if (done) break;
      said.push(value);
    }
    this.note('SubscribeToTask', said);
    await this.call('CancelTask', { id });
    const other = await this.call('SendMessage', sendParams('ask'));
    await this.call('CancelTask', { id: other.task.id });
  }

  private async call(operation: Operation, params: object): Promise<any> {
    const said = await this.line.call(operation, params);
    this.note(operation, said);
    return said.result;
  }

  private async stream(operation: Operation, params: object): Promise<void> {
    const said: unknown[] = [];
    for await (const event of this.line.open(operation, params)) {
      said.push(event);
    }
    this.note(operation, said);
  }

  private note(what: string, said: unknown): void {
    this.lines.push([what, said]);
  }
}

/** A transcript without what is new each time: the n-th id is the n-th id on every binding. */
function comparable(lines: unknown): any {
  const ids = new Map<string, string>();
  const nameOf = (id: string) => {
    if (!ids.has(id)) ids.set(id, `id ${ids.size}`);
    return ids.get(id) ?? '';
  };
  // What is empty may be left out (ProtoJSON).
  const isEmpty = (value: unknown) =>
    value === 0 || value === '' || (Array.isArray(value) && value.length === 0);
  const text = JSON.stringify(lines, (_key, value: unknown) =>
    isEmpty(value) ? undefined : value,
  )
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, nameOf)
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"a time"');
  return JSON.parse(text);
}

async function transcriptOf(
  over: (agent: TestAgent) => Line,
  platform: Platform,
): Promise<any> {
  const agent = await startAgent({ platform, options: GRPC_AGENT });
  const line = over(agent);
  try {
    agent.worker.on('all', (context) => context.complete([...context.parts]));
    agent.worker.on('ask', (context) => context.requestInput('Which?'));
    const transcript = new Transcript(line);
    await transcript.write();
    return comparable(transcript.lines);
  } finally {
    line.close();
    await agent.close();
  }
}

describe.each(PLATFORMS)('the same requests on %s', (platform) => {
  it('have the same answers on every binding, field by field (A2A §5.1)', async () => {
    const [first, ...others] = await Promise.all(
      LINES.map((over) => transcriptOf(over, platform)),
    );
    others.forEach((other) => expect(other).toEqual(first));
    const operations = new Set(first.map(([what]: [string]) => what));
    expect([...operations].sort()).toEqual([...OPERATIONS].sort());
    const [, { result }] = first[0];
    const { task } = result;
    expect(task.artifacts[0].parts).toEqual(PART_KINDS);
    expect(task.history[0].metadata).toEqual({ k: [null] });
  });
});
