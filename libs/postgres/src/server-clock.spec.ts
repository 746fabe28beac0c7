import { ServerClock } from './server-clock.js';

const SERVER = 1_000_000;

describe('the clock of a server', () => {
  let local: number;
  let clock: ServerClock;
  beforeEach(() => {
    local = 50;
    clock = new ServerClock(() => local);
  });

  /** An answer that says the server's time in the middle of its way. */
  const ask = (tripMs: number, errorMs = 0) => {
    const sentAt = clock.mark;
    local += tripMs;
    clock.observe(SERVER + sentAt + tripMs / 2 + errorMs, sentAt);
  };

  it('is the clock of the machine before the server has said anything', () => {
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  });

  it('goes on from what the server said', () => {
    ask(10);
    local += 5_000;
    expect(clock.now()).toBe(SERVER + local);
  });

  it('believes a quick answer more than a slow one', () => {
    ask(2);
    ask(500, 240);
    expect(clock.now()).toBe(SERVER + Math.round(local));
    ask(1, 3);
    expect(clock.now()).toBe(SERVER + local + 3);
  });

  it('believes a slow answer when the quick one is old', () => {
    ask(2);
    local += 3_600_000;
    ask(500, 100);
    expect(clock.now()).toBe(SERVER + local + 100);
  });
});
