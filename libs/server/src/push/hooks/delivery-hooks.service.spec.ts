import { type DeliveryAttempt, type PushConfig } from '@nest-a2a/store';
import { FakeClock } from '@nest-a2a/testing';
import { Logger } from '@nestjs/common';
import { CapturedLog } from '../../../test/push-bench.js';
import { DeliveryHooks } from './delivery-hooks.service.js';
import { type Hook } from './hook.explorer.js';

const CONFIG: PushConfig = {
  id: 'hook',
  taskId: 'task',
  scope: { agent: 'reports', tenant: 'acme', principal: 'alice' },
  protocolVersion: '1.0',
  select: 'status',
  origin: 'https://secret.example',
  sealed: Uint8Array.of(),
  state: 'active',
  cursor: 1,
  previous: 0,
  failures: 2,
  failingSince: 7,
};
const ATTEMPT: DeliveryAttempt = {
  taskId: 'task',
  configId: 'hook',
  seq: 2,
  attempt: 3,
  at: 9,
  durationMs: 1,
  outcome: 'dead',
  status: 500,
};
const FAILURE = {
  taskId: 'task',
  configId: 'hook',
  agent: 'reports',
  tenant: 'acme',
  seq: 2,
  attempts: 3,
  failingSince: 7,
  status: 500,
};
const NEVER = new Promise<void>(() => undefined);

describe('DeliveryHooks', () => {
  let log: CapturedLog;
  let clock: FakeClock;
  let told: unknown[];

  beforeEach(() => {
    log = new CapturedLog();
    clock = new FakeClock();
    told = [];
  });
  afterAll(() => Logger.overrideLogger(true));

  const hook = (
    kind: Hook['kind'],
    call: (failure: unknown) => Promise<void> = async () => undefined,
  ): Hook => ({
    kind,
    name: `Alerts.${kind}`,
    call: (failure) => {
      told.push([kind, failure]);
      return call(failure);
    },
  });
  const hooksOf = (...hooks: Hook[]) => {
    const options = { roles: ['push'] as const };
    const made = new DeliveryHooks({ explore: () => hooks }, clock, options);
    made.onModuleInit();
    return made;
  };

  it('tells of a dead event, and of nothing that is tried again', () => {
    const hooks = hooksOf(hook('dead letters'), hook('disabled webhooks'));
    hooks.noted(CONFIG, { ...ATTEMPT, outcome: 'failed' });
    expect(told).toEqual([]);
    hooks.noted(CONFIG, ATTEMPT);
    expect(told).toEqual([['dead letters', FAILURE]]);
  });

  it('tells of a disabled webhook, and of the event that is dead with it', () => {
    const hooks = hooksOf(hook('dead letters'), hook('disabled webhooks'));
    hooks.noted(
      CONFIG,
      { ...ATTEMPT, outcome: 'failed' },
      { reason: 'failing' },
    );
    hooks.noted(CONFIG, ATTEMPT, { reason: 'gone', isEnd: true });
    expect(told).toEqual([
      ['disabled webhooks', { ...FAILURE, reason: 'failing' }],
      ['dead letters', { ...FAILURE, isEnd: true }],
      ['disabled webhooks', { ...FAILURE, isEnd: true, reason: 'gone' }],
    ]);
  });

  it('says since when it fails where this was the first failure', () => {
    const hooks = hooksOf(hook('dead letters'));
    const { failingSince: _failingSince, ...config } = CONFIG;
    const { status: _status, ...attempt } = ATTEMPT;
    hooks.noted(config, { ...attempt, error: 'connection-failed' });
    expect(told).toMatchObject([
      ['dead letters', { failingSince: 9, error: 'connection-failed' }],
    ]);
  });

  it('says that an event was sent again, which is no part of what fails since then', () => {
    const hooks = hooksOf(hook('dead letters'));
    hooks.noted(CONFIG, { ...ATTEMPT, isRedelivery: true });
    const { failingSince: _failingSince, ...failure } = FAILURE;
    expect(told).toEqual([
      ['dead letters', { ...failure, isRedelivery: true }],
    ]);
  });

  it.each<[string, () => Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])(
    'logs the name of a method that %s, and calls the others',
    async (_, call) => {
      const hooks = hooksOf(hook('dead letters', call), hook('dead letters'));
      hooks.noted(CONFIG, ATTEMPT);
      await hooks.stop(NEVER);
      expect(told).toHaveLength(2);
      expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([
        expect.stringMatching(
          /^error Alerts.dead letters failed for webhook hook of task task, event 2.*broken/,
        ),
      ]);
    },
  );

  it('leaves calls out where too many wait, and says so once a minute', async () => {
    const hooks = hooksOf(hook('dead letters', () => NEVER));
    for (let count = 0; count < 1_020; count += 1) hooks.noted(CONFIG, ATTEMPT);
    expect(told).toHaveLength(16);
    const alarms = () => log.lines.filter((line) => /too many/.test(line));
    expect(alarms()).toHaveLength(1);
    await clock.advance(60_000);
    hooks.noted(CONFIG, ATTEMPT);
    expect(alarms()[1]).toMatch(/not told.*3 more/);
    await hooks.stop(Promise.resolve());
    expect(log.lines.at(-1)).toMatch(/^warn .*not over in time: 1016/);
  });

  it('looks for no methods where the process delivers nothing', () => {
    const options = { roles: ['api', 'worker'] as const };
    const explorer = { explore: () => [hook('dead letters')] };
    const hooks = new DeliveryHooks(explorer, clock, options);
    hooks.onModuleInit();
    hooks.noted(CONFIG, ATTEMPT);
    expect([told, log.lines]).toEqual([[], []]);
  });
});
