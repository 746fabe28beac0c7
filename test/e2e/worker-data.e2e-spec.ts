import { Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import {
  type DataSchema,
  type StandardSchema,
  type TaskContext,
} from '@nest-a2a/server';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { LogCollector } from '../support/log-collector.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

class LineDto {
  @IsString()
  item!: string;

  @IsInt()
  @Min(1)
  amount!: number;

  get label(): string {
    return `${this.amount} x ${this.item}`;
  }
}

class InvoiceDto {
  @IsString()
  number!: string;

  @ValidateNested({ each: true })
  @Type(() => LineDto)
  lines!: LineDto[];
}

/** Somebody has forgotten the decorators. */
class BareDto {
  number!: string;
}

const GOOD = { number: 'A-1', lines: [{ item: 'pen', amount: 2 }] };

/** As any library of schemas would make it. */
const EVEN: StandardSchema<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'number' && value % 2 === 0
        ? { value: value / 2 }
        : {
            issues: [
              { message: 'must be even', path: ['deep', { key: 0 }, 'x'] },
            ],
          },
  },
};

describe('ctx.data()', () => {
  let agent: TestAgent;
  let log: LogCollector;

  beforeEach(async () => {
    log = new LogCollector();
    agent = await startAgent({ before: (app) => app.useLogger(log) });
  });

  afterEach(() => agent.close());

  /** What becomes of a message with these parts. */
  const send = async (parts: object[]): Promise<any> => {
    const params = sendParams('', { message: { parts } });
    const answer = await jsonRpc.call(agent.url, 'SendMessage', params);
    return jsonRpc.result(answer).task;
  };

  /** The worker takes the data by the schema, and says what it has got. */
  const wants = <T>(
    schema: DataSchema<T>,
    tell: (value: T) => string,
  ): void => {
    agent.worker.on('go', async (context: TaskContext) =>
      context.complete(tell(await context.data(schema))),
    );
  };

  const textOf = ({ status, artifacts = [] }: any): string =>
    (artifacts[0] ?? status.message).parts[0].text;

  const rejected = async (data: unknown): Promise<string> => {
    const task = await send([{ text: 'go' }, { data }]);
    expect(task.status.state).toBe('TASK_STATE_REJECTED');
    return textOf(task);
  };

  it('makes an instance of the class, and of those in it', async () => {
    wants(InvoiceDto, (invoice) => {
      expect(invoice).toBeInstanceOf(InvoiceDto);
      return invoice.lines.map(({ label }) => label).join();
    });
    const task = await send([{ text: 'go' }, { data: GOOD }, { data: 'more' }]);
    expect(textOf(task)).toBe('2 x pen');
  });

  it('rejects the task by itself, and tells the caller each field that is wrong', async () => {
    wants(InvoiceDto, () => '');
    const text = await rejected({
      number: 7,
      lines: [GOOD.lines[0], { item: 'ink', amount: 0 }],
      extra: true,
    });
    expect(text).toMatch(/^The data cannot be used: /);
    expect(text).toContain('number: number must be a string');
    expect(text).toContain('lines[1].amount: amount must not be less than 1');
    expect(text).toContain('extra: property extra should not exist');
    expect(log.troubles.filter((line) => !line.includes('push.'))).toEqual([]);
  });

  it.each([
    ['text', '"A-1"', 'must be an object'],
    ['a list', '[{"number":"A-1"}]', 'must be an object'],
    ['null', 'null', 'must be an object'],
    ['nothing that it needs', '{}', 'number must be a string'],
    [
      'a prototype',
      '{"__proto__":{"number":"A-1","lines":[]},"constructor":{"prototype":{"polluted":true}}}',
      'number must be a string',
    ],
  ])('rejects %s', async (_, json, reason) => {
    wants(InvoiceDto, () => '');
    expect(await rejected(JSON.parse(json))).toContain(reason);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('rejects a message without data', async () => {
    wants(InvoiceDto, () => '');
    const task = await send([{ text: 'go' }]);
    expect(task.status.state).toBe('TASK_STATE_REJECTED');
    expect(textOf(task)).toContain('the message has no data part');
  });

  it('shows so many problems and no more', async () => {
    wants(InvoiceDto, () => '');
    const lines = Array.from({ length: 100 }, () => ({ item: 'x', amount: 0 }));
    const text = await rejected({ ...GOOD, lines });
    expect(text).toMatch(/; and 80 more$/);
  });

  it('does not even look at data that would take long to check', async () => {
    wants(InvoiceDto, () => '');
    const lines = Array.from({ length: 10_000 }, () => GOOD.lines[0]);
    expect(await rejected({ ...GOOD, lines })).toBe(
      'The data cannot be used: there are more than 10000 objects and lists in it',
    );
    const text = textOf(
      await send([
        { text: 'go' },
        { data: { ...GOOD, lines: lines.slice(2) } },
      ]),
    );
    expect(text).toBe('');
  });

  it('does not blame the caller for a class without decorators', async () => {
    wants(BareDto, () => '');
    const task = await send([{ text: 'go' }, { data: GOOD }]);
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(await log.find(/BareDto has no decorators/)).toContain(task.id);
  });

  it('takes what follows Standard Schema', async () => {
    wants(EVEN, String);
    expect(textOf(await send([{ text: 'go' }, { data: 8 }]))).toBe('4');
    expect(await rejected(7)).toBe(
      'The data cannot be used: deep[0].x: must be even',
    );
  });

  it('leaves it to the worker what to do about it', async () => {
    agent.worker.on('go', (context) =>
      context.data(EVEN).then(
        () => context.complete(),
        (error: { code: string; problems: { path: string }[] }) =>
          context.requestInput(`${error.code} ${error.problems[0]?.path}`),
      ),
    );
    const task = await send([{ text: 'go' }, { data: 1 }]);
    expect(task.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
    expect(textOf(task)).toBe('INVALID_DATA deep[0].x');
  });
});
