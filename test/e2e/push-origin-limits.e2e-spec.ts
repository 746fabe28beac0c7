import { BINDINGS, sendParams } from '../support/a2a-http.js';
import { CREATE, PushLab } from '../support/push-lab.js';
import { expectRefusal } from '../support/refusals.js';

const INLINE = 'configuration.taskPushNotificationConfig.url';

describe.each(BINDINGS)('origins of webhooks over $name', (binding) => {
  let lab: PushLab;

  const start = async (push: object) => {
    lab = await PushLab.start({ push });
  };
  const webhookAt = (host: string) => ({ url: `https://${host}.example/` });
  const send = (operation: string, host: string) => {
    const configuration = { taskPushNotificationConfig: webhookAt(host) };
    const params = sendParams('hi', { configuration });
    return binding.call(lab.agent.url, operation, params);
  };
  const create = (taskId: string, host: string) =>
    binding.call(lab.agent.url, CREATE, { taskId, ...webhookAt(host) });
  const troubles = () =>
    lab.logs.troubles.filter((line) => line.includes('was refused'));

  afterEach(() => lab.close());

  it('are as many as a tenant may have, and the refusal says where', async () => {
    await start({ maxOrigins: 2 });
    const { task } = binding.result(await send('SendMessage', 'a'));
    binding.result(await create(task.id, 'b'));
    const created = await create(task.id, 'c');
    expectRefusal(binding, created, 'INVALID_PARAMS', { fields: ['url'] });
    for (const operation of ['SendMessage', 'SendStreamingMessage']) {
      const sent = await send(operation, 'c');
      expectRefusal(binding, sent, 'INVALID_PARAMS', { fields: [INLINE] });
    }
    const list = await binding.call(lab.agent.url, 'ListTasks', {});
    expect(binding.result(list).totalSize).toBe(1);
    // Those that are there already take more webhooks.
    binding.result(await send('SendMessage', 'b'));
    expect(troubles()).toEqual([
      expect.stringMatching(
        /A webhook of tenant "" of agent \S+ was refused: push.maxOrigins is reached/,
      ),
    ]);
  });

  it('are so many new ones a minute; a caller is told when to come again', async () => {
    await start({ newOriginsPerMinute: 2 });
    binding.result(await send('SendMessage', 'a'));
    const { task } = binding.result(await send('SendMessage', 'b'));
    for (const answer of [
      await send('SendMessage', 'c'),
      await create(task.id, 'c'),
    ]) {
      expectRefusal(binding, answer, 'RATE_LIMITED');
      expect(answer.headers.get('retry-after')).toBe('60');
    }
    expect(troubles()).toEqual([
      expect.stringContaining('push.newOriginsPerMinute is reached'),
    ]);
  });

  it('are any number where the application says so', async () => {
    await start({ maxOrigins: false, newOriginsPerMinute: false });
    for (const host of ['a', 'b', 'c']) {
      binding.result(await send('SendMessage', host));
    }
  });
});
