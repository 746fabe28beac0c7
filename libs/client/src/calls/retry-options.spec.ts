import {
  DEFAULT_RETRY_OPTIONS,
  retryDelay,
  toRetryPolicy,
} from './retry-options.js';

describe('retryDelay', () => {
  const policy = { maxAttempts: 9, baseDelayMs: 100, maxDelayMs: 1_000 };

  afterEach(() => jest.restoreAllMocks());

  it('is decided by chance, up to twice as long after each attempt', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(1);
    const delays = [1, 2, 3, 4, 5, 6].map((at) => retryDelay(policy, at));
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    random.mockReturnValue(0);
    expect(retryDelay(policy, 6)).toBe(0);
    expect(retryDelay(policy, 5_000)).toBe(0);
  });

  it('is what the agent asks for, and some more', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    expect(retryDelay(policy, 1, 1)).toBe(1_050);
  });

  it('is none where the agent asks for more than there is', () => {
    expect(retryDelay(policy, 1, 2)).toBeUndefined();
  });
});

describe('toRetryPolicy', () => {
  it('fills in the defaults, those of the client for a call', () => {
    expect(toRetryPolicy()).toEqual(DEFAULT_RETRY_OPTIONS);
    const client = toRetryPolicy({ maxAttempts: 2 });
    expect(toRetryPolicy({ baseDelayMs: 1 }, client)).toEqual({
      ...DEFAULT_RETRY_OPTIONS,
      maxAttempts: 2,
      baseDelayMs: 1,
    });
  });

  it('takes false for one attempt', () => {
    expect(toRetryPolicy(false).maxAttempts).toBe(1);
  });

  it.each([
    { maxAttempts: 0 },
    { maxAttempts: 1.5 },
    { maxAttempts: 101 },
    { baseDelayMs: -1 },
    { maxDelayMs: NaN },
    { maxDelayMs: 3_600_001 },
  ])('refuses %j', (options) => {
    const [name] = Object.keys(options);
    expect(() => toRetryPolicy(options)).toThrow(`retry.${name}`);
  });
});
