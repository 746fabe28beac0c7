import { PushLab } from '../support/push-lab.js';
import { PLATFORMS } from '../support/test-agent.js';

describe.each(PLATFORMS)('an agent on %s', (platform) => {
  let lab: PushLab;

  beforeEach(async () => {
    lab = await PushLab.start({ platform });
  });
  afterEach(() => lab.close());

  it.each(['', '/message:send', '/v1/message:send'])(
    'is called once and never again where it is its own receiver at %j (D32)',
    async (path) => {
      const { recorder, service, logs } = lab;
      const url = new URL(lab.agent.url + path).href;
      const taskId = await lab.send('hi', { id: 'a', url });
      const attempt = await recorder.nth(1);
      expect(attempt).toMatchObject({ outcome: 'dead', status: 508 });
      await logs.find(/^error .*HTTP 508. The webhook is disabled/);
      const sink = await lab.openSink();
      await lab.send('hi', { url: sink.url });
      await sink.waitFor(3);
      expect(await service.attempts({ taskId, limit: 9 })).toHaveLength(1);
      const { tasks } = await lab.call('ListTasks', {});
      expect(tasks).toHaveLength(2);
    },
  );
});
