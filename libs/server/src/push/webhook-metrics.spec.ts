import { AttemptCounts, toWebhookBacklog } from './webhook-metrics.js';

const NOW = 1_000_000;
const WAITING = {
  agent: 'reports',
  tenant: 'acme',
  origin: 'https://hooks.example',
  failures: 0,
  waiting: 2,
  oldestAt: NOW - 3_000,
};

describe('toWebhookBacklog', () => {
  it('tells the age of the oldest event', () => {
    const { oldestAt: _oldestAt, ...rest } = WAITING;
    expect(toWebhookBacklog(WAITING, NOW)).toEqual({
      ...rest,
      oldestAgeMs: 3_000,
      breaker: 'closed',
    });
  });

  it('knows no event of the future: the clock of a database is an estimate', () => {
    const backlog = toWebhookBacklog({ ...WAITING, oldestAt: NOW + 1 }, NOW);
    expect(backlog.oldestAgeMs).toBe(0);
  });

  it.each([
    [NOW + 1, 'open'],
    [NOW, 'half-open'],
    [NOW - 1, 'half-open'],
  ])('says what the breaker does: %d', (openUntil, breaker) => {
    const backlog = { ...WAITING, failures: 5, openUntil };
    expect(toWebhookBacklog(backlog, NOW)).toMatchObject({
      failures: 5,
      openUntil,
      breaker,
    });
  });
});

describe('AttemptCounts', () => {
  it('counts by what became of an attempt, from 0 on', () => {
    const counts = new AttemptCounts();
    const before = counts.toJson();
    for (const outcome of ['failed', 'dead', 'failed'] as const) {
      counts.add(outcome);
    }
    expect(before).toEqual({ delivered: 0, failed: 0, dead: 0 });
    expect(counts.toJson()).toEqual({ delivered: 0, failed: 2, dead: 1 });
  });
});
