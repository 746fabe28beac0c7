import { TASK_STORE } from '@nest-a2a/server';
import { SYSTEM_CONTEXT, type TaskStore } from '@nest-a2a/store';
import { BINDINGS, sendParams } from '../support/a2a-http.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe.each(BINDINGS)('the trace of a request over $name', (binding) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent();
  });

  afterAll(() => agent.close());

  it.each([
    [TRACE, TRACE],
    ['00-1-2-01', undefined],
    ['x'.repeat(5_000), undefined],
    [`${TRACE}, ${TRACE}`, undefined],
  ])('%s is kept with the turn as %s', async (traceparent, kept) => {
    const response = await binding.open(
      agent.url,
      'SendMessage',
      sendParams('hi'),
      { headers: { traceparent } },
    );
    const body: any = await response.json();
    const { id } = (body.result ?? body).task;
    const { log } = agent.app.get<TaskStore>(TASK_STORE);
    const [first] = await log.read(id, { after: 0, limit: 1 }, SYSTEM_CONTEXT);
    expect(first?.body).toMatchObject({ kind: 'task' });
    const { turn } = first?.body as { turn?: { traceparent?: string } };
    expect(turn?.traceparent).toBe(kept);
  });
});
