import { BINDINGS, brief, allEvents, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

describe.each(PLATFORMS)('sending on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform });
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    it('waits for the finished task with its artifacts (A2A §3.2.2)', async () => {
      const answer = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('hi'),
      );
      const { task } = binding.result(answer);
      expect(task.status.state).toBe('TASK_STATE_COMPLETED');
      expect(task.artifacts[0].parts).toEqual([{ text: 'echo: hi' }]);
    });

    it('answers at once while the worker is held, where the caller does not wait', async () => {
      const gate = new Gate();
      agent.worker.on('held', async (context) => {
        await gate.pass();
        await context.complete('late');
      });
      const answer = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('held', { configuration: { returnImmediately: true } }),
      );
      const { id, status } = binding.result(answer).task;
      expect(status.state).toMatch(/SUBMITTED|WORKING/);
      gate.open();
      const response = await binding.open(agent.url, 'SubscribeToTask', { id });
      await response.text();
      const later = await binding.call(agent.url, 'GetTask', { id });
      expect(binding.result(later).status.state).toBe('TASK_STATE_COMPLETED');
    });

    it('streams the task first and then what happens to it', async () => {
      const response = await binding.open(
        agent.url,
        'SendStreamingMessage',
        sendParams('hi'),
      );
      const events = await allEvents(response);
      expect(events.map((event) => brief(binding.response(event)))).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
      expect(events.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
    });
  });
});
