import { type A2AClientOptions } from '@nest-a2a/client';
import { A2A_CLOCK } from '@nest-a2a/server';
import { type Clock } from '@nest-a2a/store';
import { type INestApplication } from '@nestjs/common';
import { connectInProcess } from './in-process-client.js';
import { startApplication } from './start-application.js';
import { TestAgent } from './test-agent.js';

/** Which agent of an application is tested. */
export interface TestAgentOfOptions {
  /** The option `path` of the agent. @default '' */
  readonly path?: string | undefined;

  /** Options of the client. */
  readonly client?: A2AClientOptions | undefined;
}

/**
 * A client for the agent of a whole application, which is made as its tests
 * make it (`Test.createTestingModule`, `NestFactory.create`). It is started
 * without a port where it is not started yet. Closing the agent closes the
 * application.
 *
 * @throws A2AClientError `card-unavailable` where there is no agent at the path; what the application fails to start with
 */
export async function testAgentOf(
  app: INestApplication,
  { path = '', client: options }: TestAgentOfOptions = {},
): Promise<TestAgent> {
  await startApplication(app, undefined);
  const clock = app.get<Clock>(A2A_CLOCK, { strict: false });
  const client = await connectInProcess(app, path, options);
  const url = new URL(client.agentInterface.url).href;
  return new TestAgent({ app, client, url, clock });
}
