import { AsyncLocalStorage } from 'node:async_hooks';
import { FakeClock } from '@nest-a2a/testing';
import { PollLoop } from './poll-loop.js';

/** Steps that a test ends one by one. */
class Steps {
  begun = 0;
  running = 0;
  mostAtOnce = 0;
  readonly errors: unknown[] = [];
  private end: (outcome: () => number) => void = () => undefined;

  run = async (): Promise<number> => {
    this.begun += 1;
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const outcome = await new Promise<() => number>((resolve) => {
      this.end = resolve;
    });
    this.running -= 1;
    return outcome();
  };

  onError = (error: unknown): void => {
    this.errors.push(error);
  };

  /** Lets the step that runs end. */
  finish(delayMs: number): void {
    this.end(() => delayMs);
  }

  fail(error: Error): void {
    this.end(() => {
      throw error;
    });
  }
}

describe('PollLoop', () => {
  let clock: FakeClock;
  let steps: Steps;
  let loop: PollLoop;

  beforeEach(() => {
    clock = new FakeClock();
    steps = new Steps();
    loop = new PollLoop(clock, steps);
  });

  afterEach(async () => {
    const stopped = loop.stop();
    steps.finish(0);
    await stopped;
    expect(clock.pendingTimers).toBe(0);
    expect(steps.mostAtOnce).toBeLessThanOrEqual(1);
  });

  it('runs its steps in a context of its own, whoever wakes it', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const looking = new PollLoop(clock, {
      run: async () => {
        seen.push(request.getStore());
        return 1_000;
      },
      onError: () => undefined,
    });
    looking.start();
    await looking.idle();
    request.run('a request', () => looking.wake());
    await looking.idle();
    expect(seen).toEqual([undefined, undefined]);
    await looking.stop();
  });

  it('does nothing before it is started', async () => {
    loop.wake();
    await clock.advance(10_000);
    expect(steps.begun).toBe(0);
  });

  it('looks at once, and again after the time that the step asked for', async () => {
    loop.start();
    expect(steps.begun).toBe(1);
    steps.finish(500);
    await clock.advance(499);
    expect(steps.begun).toBe(1);
    await clock.advance(1);
    expect(steps.begun).toBe(2);
  });

  it('is started once', () => {
    loop.start();
    loop.start();
    expect(steps.begun).toBe(1);
  });

  it('looks at once when it is woken, and forgets the time it would have waited', async () => {
    loop.start();
    steps.finish(500);
    await clock.advance(100);
    loop.wake();
    expect(steps.begun).toBe(2);
    steps.finish(500);
    await clock.advance(499);
    expect(steps.begun).toBe(2);
    await clock.advance(1);
    expect(steps.begun).toBe(3);
  });

  it('looks once more for all that wake it while it looks', async () => {
    loop.start();
    for (let ring = 0; ring < 5; ring++) loop.wake();
    steps.finish(500);
    await clock.advance(0);
    expect(steps.begun).toBe(2);
    steps.finish(500);
    await clock.advance(0);
    expect(steps.begun).toBe(2);
  });

  it('goes on after a step that failed, a second later', async () => {
    const error = new Error('broken');
    loop.start();
    steps.fail(error);
    await clock.advance(999);
    expect(steps.errors).toEqual([error]);
    expect(steps.begun).toBe(1);
    await clock.advance(1);
    expect(steps.begun).toBe(2);
  });

  it('stops after the step that runs, whoever has woken it', async () => {
    loop.start();
    loop.wake();
    let isStopped = false;
    const stopped = loop.stop().then(() => (isStopped = true));
    await clock.advance(0);
    expect(isStopped).toBe(false);
    steps.finish(0);
    await stopped;
    loop.wake();
    await clock.advance(10_000);
    expect(steps.begun).toBe(1);
  });

  it('begins no more once it was stopped', async () => {
    await loop.stop();
    loop.start();
    loop.wake();
    await clock.advance(10_000);
    expect(steps.begun).toBe(0);
  });

  it('stops where it never ran, and twice', async () => {
    await loop.stop();
    await loop.stop();
    expect(steps.begun).toBe(0);
  });

  it('tells when the step that runs is over, and the one after it', async () => {
    loop.start();
    loop.wake();
    let isIdle = false;
    const idle = loop.idle().then(() => (isIdle = true));
    steps.finish(0);
    await clock.advance(0);
    expect(isIdle).toBe(false);
    steps.finish(500);
    await idle;
  });
});
