import { postgres } from '@nest-a2a/postgres';
import { HEALTH, probe } from '../support/health-application.js';
import {
  describeWithOwnPostgres,
  startServer,
  type TestServer,
} from '../support/postgres-server.js';
import { DURABLE_PUSH } from '../support/shared-runtime.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

describeWithOwnPostgres('health checks of an application on PostgreSQL', () => {
  let server: TestServer;
  let agent: TestAgent;

  beforeAll(async () => {
    server = await startServer();
    agent = await startAgent({
      ...HEALTH,
      options: {
        runtime: postgres({ url: server.url, onWarning: () => undefined }),
        push: DURABLE_PUSH,
      },
    });
  }, 60_000);

  afterAll(async () => {
    await agent.close();
    await server.stop();
  });

  const statuses = async () => {
    const paths = ['live', 'ready', 'wake-ups', 'backlog'];
    const answers = await Promise.all(paths.map((path) => probe(agent, path)));
    return answers.map(({ status }) => status);
  };

  it('go down with the database and come back with it, while the process is alive', async () => {
    await until(async () => (await statuses()).join() === '200,200,200,200');
    await server.crash();
    await until(async () => (await statuses()).join() === '200,503,503,503');
    const { text } = await probe(agent, 'ready');
    expect(text).not.toMatch(/127\.0\.0\.1|ECONN|postgres/i);
    await server.start();
    await until(async () => (await statuses()).join() === '200,200,200,200');
  }, 60_000);
});
