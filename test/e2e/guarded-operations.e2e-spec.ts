import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BINDINGS, sendParams } from '../support/a2a-http.js';
import { expectRefusal } from '../support/refusals.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

/** Lets the one in who has the key. */
const KEY_GUARD: CanActivate = {
  canActivate: (context: ExecutionContext) =>
    context.switchToHttp().getRequest().headers['x-api-key'] === 'key',
};

const AGENT_CARD = {
  ...CARD,
  capabilities: { ...CARD.capabilities, extendedAgentCard: true },
};

describe.each(PLATFORMS)('a guard on %s', (platform) => {
  let agent: TestAgent;
  /** A task that waits for its caller. */
  let id: string;

  beforeAll(async () => {
    const options = { agentCard: AGENT_CARD, guards: [KEY_GUARD] };
    agent = await startAgent({ platform, options });
    agent.worker.on('ask', (context) => context.requestInput('?'));
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const call = async (
      operation: string,
      params: object,
      headers: Record<string, string> = {},
    ) => {
      const { url } = agent;
      const init = { headers };
      const response = await binding.open(url, operation, params, init);
      const body = JSON.parse(await response.text());
      return { status: response.status, headers: response.headers, body };
    };
    const withKey = (operation: string, params: object) =>
      call(operation, params, { 'X-API-Key': 'key' });
    const url = 'http://localhost:9/';

    beforeAll(async () => {
      const sent = await withKey('SendMessage', sendParams('ask'));
      ({ id } = binding.result(sent).task);
      await withKey('CreateTaskPushNotificationConfig', {
        taskId: id,
        id: 'mine',
        url,
      });
    });

    it.each<[string, () => object]>([
      ['SendMessage', () => sendParams('hi', { message: { taskId: id } })],
      [
        'SendStreamingMessage',
        () => sendParams('hi', { message: { taskId: id } }),
      ],
      ['GetTask', () => ({ id })],
      ['ListTasks', () => ({})],
      ['CancelTask', () => ({ id })],
      ['SubscribeToTask', () => ({ id })],
      ['CreateTaskPushNotificationConfig', () => ({ taskId: id, url })],
      ['GetTaskPushNotificationConfig', () => ({ taskId: id, id: 'mine' })],
      ['ListTaskPushNotificationConfigs', () => ({ taskId: id })],
      ['DeleteTaskPushNotificationConfig', () => ({ taskId: id, id: 'mine' })],
      ['GetExtendedAgentCard', () => ({})],
    ])('decides on %s (A2A §7.4)', async (operation, params) => {
      expectRefusal(binding, await call(operation, params()), 'FORBIDDEN');
    });

    it('has let nothing happen', async () => {
      const got = binding.result(await withKey('GetTask', { id }));
      expect(got.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
      expect(got.history).toHaveLength(1);
      const operation = 'ListTaskPushNotificationConfigs';
      const list = binding.result(await withKey(operation, { taskId: id }));
      expect(list.configs).toEqual([{ id: 'mine', taskId: id, url }]);
    });
  });
});
