import { Injectable } from '@nestjs/common';
import { type WebhookNotification } from '@nest-a2a/client';
import { A2AWebhookModule, OnPushNotification } from '@nest-a2a/client/nest';
import { WebhookKeys } from '@nest-a2a/server';
import { callOldRpc, oldMessage } from '../support/a2a-0-3.js';
import { Gate } from '../support/gate.js';
import { PushLab } from '../support/push-lab.js';
import { PLATFORMS } from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { until } from '../support/until.js';

const TOKEN = 'my-secret-token';

@Injectable()
class Reports {
  readonly calls: WebhookNotification[] = [];
  finished = 0;
  /** What to do with each call, in that order; afterwards nothing. */
  script: (() => void | Promise<void>)[] = [];

  @OnPushNotification()
  async onNews(notification: WebhookNotification): Promise<void> {
    this.calls.push(notification);
    await this.script.shift()?.();
    this.finished += 1;
  }

  get summary(): unknown[] {
    return this.calls.map(({ version, kind, state }) => [version, kind, state]);
  }
}

const fail = () => {
  throw new Error('the database is away');
};

describe.each(PLATFORMS)(
  'our agent and a receiver of our module on %s',
  (platform) => {
    let lab: PushLab;
    let host: TestHost;
    let reports: Reports;

    const start = async (
      push: object = {},
      checks: () => object = () => ({ token: TOKEN }),
    ) => {
      lab = await PushLab.start({ push });
      host = await startHost(
        {
          imports: [
            A2AWebhookModule.forRoot({
              path: 'hooks/:source',
              ...checks(),
              clock: lab.clock,
            }),
          ],
          providers: [Reports],
        },
        { platform },
      );
      reports = host.app.get(Reports);
      lab.agent.worker.on('report', async (context) => {
        await context.sendStatus('Gathering data...');
        await context.emitText('Q1: 4.2M', { artifactId: 'r' });
        await context.complete();
      });
    };

    afterEach(async () => {
      await lab.close();
      await host.close();
    });

    const config = () => ({ url: `${host.url}/hooks/agent`, token: TOKEN });

    it('agree about the events of 1.0: each once, in order, without a gap', async () => {
      await start();
      const taskId = await lab.send('report', config());
      await lab.agent.close();
      expect(reports.summary).toEqual([
        ['1.0', 'status', 'working'],
        ['1.0', 'status', 'working'],
        ['1.0', 'artifact', undefined],
        ['1.0', 'status', 'completed'],
      ]);
      for (const { taskId: id, source, gap, sentAt } of reports.calls) {
        expect([id, source, gap]).toEqual([taskId, 'agent', undefined]);
        expect(sentAt).toEqual(new Date(lab.clock.now()));
      }
      expect(reports.calls[1]?.text).toBe('Gathering data...');
      expect(reports.calls[2]?.text).toBe('Q1: 4.2M');
      expect(reports.calls[3]?.isFinal).toBe(true);
    });

    it('agree about the tasks of 0.3', async () => {
      await start();
      await callOldRpc(lab.agent.url, 'message/send', {
        message: oldMessage('report'),
        configuration: { pushNotificationConfig: config() },
      });
      await lab.agent.close();
      expect(reports.summary).toEqual([
        ['0.3', 'task', 'working'],
        ['0.3', 'task', 'working'],
        ['0.3', 'task', 'completed'],
      ]);
      expect(reports.calls[2]?.task.text).toBe('Q1: 4.2M');
    });

    it('do not lose what a handler could not take (D8)', async () => {
      await start();
      reports.script = [() => {}, fail];
      await lab.send('report', config());
      await lab.leapAfter(2);
      const attempts = await lab.recorder.waitFor(5);
      expect(attempts.map(({ status }) => status)).toEqual([
        200, 500, 200, 200, 200,
      ]);
      const ids = reports.calls.map(({ id }) => id);
      expect(ids[2]).toBe(ids[1]);
      expect(new Set(ids).size).toBe(4);
      expect(reports.calls.every(({ gap }) => gap === undefined)).toBe(true);
    });

    it('handle once what the agent sends again because it waited in vain (D2)', async () => {
      await start({ deadlineMs: 1_000 });
      const gate = new Gate();
      reports.script = [() => gate.pass()];
      await lab.send('report', config());
      await gate.reached;
      // The agent gives up and asks again while it is being handled.
      await lab.leapAfter(1);
      expect((await lab.recorder.nth(2)).status).toBe(503);
      gate.open();
      await until(() => reports.finished === 1);
      for (let count = 2; reports.finished < 4; count += 1) {
        const { nextAt } = await lab.recorder.nth(count);
        if (nextAt !== undefined) await lab.clock.leapTo(nextAt);
      }
      expect(reports.calls).toHaveLength(4);
    });

    /** The keys that the agent publishes, on this machine. */
    const published = () => ({
      jwksUrl: `${lab.agent.url}/.well-known/a2a-webhook-keys.json`,
    });
    const local = {
      egress: { allowHttp: true, allowPrivateNetworks: true },
    };

    it('agree by the keys that the agent publishes, also when it has replaced its own (D29)', async () => {
      await start({}, () => ({ signature: published(), ...local }));
      await lab.send('report', config());
      await until(() => reports.finished === 4);
      await lab.agent.app.get(WebhookKeys).rotate({ revokeOld: true });
      await lab.clock.leapTo(lab.clock.now() + 60_000);
      await lab.send('report', config());
      await lab.agent.close();
      expect(reports.finished).toBe(8);
    });

    it('notice an event that the agent has given up', async () => {
      await start({ scheduleMs: [0] });
      reports.script = [() => {}, fail];
      await lab.send('report', config());
      await lab.agent.close();
      const gaps = reports.calls.map(({ gap }) => gap !== undefined);
      expect(gaps).toEqual([false, false, true, false]);
      const [first, lost, next] = reports.calls;
      expect(next?.gap).toEqual({
        lastSeen: first?.sequence,
        previous: lost?.sequence,
      });
    });

    it('agree about nothing where the token is another', async () => {
      await start({}, () => ({ token: 'another-token' }));
      await lab.send('report', config());
      const { status } = await lab.recorder.nth(1);
      expect(status).toBe(401);
      expect(reports.calls).toEqual([]);
    });
  },
);
