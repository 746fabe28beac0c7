import { PostgresFixture } from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';

const MINUTE = 60_000;

describeWithPostgres('postgres, used by a process whose clock is off', () => {
  const fixture = new PostgresFixture();
  const now = Date.now.bind(Date);

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  afterEach(async () => {
    jest.restoreAllMocks();
    await fixture.closeAll();
  });

  const open = async () => {
    const { store } = await fixture.open({ pool: fixture.pool() });
    return { store, offset: () => Math.abs(store.now() - now()) };
  };

  it.each([10 * MINUTE, -10 * MINUTE])(
    'tells it the time of the server from the start, %d ms (D28)',
    async (ms) => {
      jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
      const { offset } = await open();
      expect(offset()).toBeLessThan(MINUTE);
    },
  );

  it('tells the time of the server to one that has nothing to deliver, whose clock goes wrong (D28)', async () => {
    const { store, offset } = await open();
    const monotonic = performance.now.bind(performance);
    const wrong = () => monotonic() + 10 * MINUTE;
    jest.spyOn(performance, 'now').mockImplementation(wrong);
    expect(offset()).toBeGreaterThan(9 * MINUTE);
    expect(await store.push.nextDueAt()).toBeUndefined();
    expect(offset()).toBeLessThan(MINUTE);
  });
});
