import { randomUUID } from 'node:crypto';
import {
  type A2AModuleOptions,
  type AgentExtras,
  type ProcessRole,
} from '@nest-a2a/server';
import { postgres, type PostgresOptions } from '@nest-a2a/postgres';
import { type OpenRuntime, systemClock } from '@nest-a2a/store';
import { WebhookSink } from '@nest-a2a/testing';
import pg from 'pg';
import { httpJson, sendParams } from './a2a-http.js';
import { Gate } from './gate.js';
import { GRPC_AGENT } from './grpc-client.js';
import {
  type ServerSettings,
  startServer,
  type TestServer,
} from './postgres-server.js';
import { DURABLE_PUSH } from './shared-runtime.js';
import { startAgent, type TestAgent } from './test-agent.js';

/** What differs from an ordinary instance. */
export interface InstanceOptions extends Partial<
  A2AModuleOptions & AgentExtras
> {
  readonly roles?: readonly ProcessRole[];
  readonly store?: Partial<PostgresOptions>;
}

/** Several applications on one PostgreSQL schema, each with connections of its own. */
export class InstanceLab {
  private readonly agents = new Set<TestAgent>();
  private readonly sinks: WebhookSink[] = [];
  private readonly gates: Gate[] = [];
  private readonly runtimes: OpenRuntime[] = [];
  private schemaName = '';

  private constructor(readonly server: TestServer) {}

  static async open(settings?: ServerSettings): Promise<InstanceLab> {
    const lab = new InstanceLab(await startServer(settings));
    lab.newSchema();
    return lab;
  }

  get schema(): string {
    return this.schemaName;
  }

  /** What is started from now on has a database of its own. */
  newSchema(): void {
    this.schemaName = `t_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  }

  /** Starts an application. It answers on all bindings. */
  async start({
    store = {},
    ...options
  }: InstanceOptions = {}): Promise<TestAgent> {
    const url = 'pool' in store ? {} : { url: this.server.url };
    const settings = { schema: this.schema, ...url, ...store };
    const agent = await startAgent({
      options: {
        ...GRPC_AGENT,
        runtime: postgres({ onWarning: () => undefined, ...settings }),
        push: DURABLE_PUSH,
        ...options,
      },
    });
    this.agents.add(agent);
    return agent;
  }

  /** The store by itself, as an instance that is not under test has it. */
  async openStore(): Promise<OpenRuntime['store']> {
    const { url } = this.server;
    const runtime = await postgres({
      url,
      schema: this.schema,
      wake: 'poll',
      onWarning: () => undefined,
    }).open({ clock: systemClock });
    this.runtimes.push(runtime);
    return runtime.store;
  }

  async openSink(): Promise<WebhookSink> {
    const sink = await WebhookSink.open();
    this.sinks.push(sink);
    return sink;
  }

  /** A gate that is open at the end of the test at the latest. */
  newGate(): Gate {
    const gate = new Gate();
    this.gates.push(gate);
    return gate;
  }

  /** Asks the server directly; `$schema` is the schema of the test. */
  async query(text: string, values: unknown[] = []): Promise<any[]> {
    const client = new pg.Client({ connectionString: this.server.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const sql = text.replaceAll('$schema', `"${this.schema}"`);
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Shuts an application down, in the middle of a test. */
  async close(agent: TestAgent): Promise<void> {
    this.agents.delete(agent);
    await agent.close();
  }

  /** Ends what a test has started, and begins with an empty database. */
  async endTest(): Promise<void> {
    this.gates.splice(0).forEach((gate) => gate.open());
    await Promise.all([...this.agents].map((agent) => this.close(agent)));
    for (const sink of this.sinks.splice(0)) await sink.close();
    for (const runtime of this.runtimes.splice(0)) await runtime.close();
    this.newSchema();
  }

  async stop(): Promise<void> {
    await this.endTest();
    await this.server.stop();
  }
}

/** Sends a message without waiting for its end. @returns the id of its task */
export async function submit(
  { url }: TestAgent,
  text: string,
  { config, ...rest }: { config?: object; message?: object } = {},
): Promise<string> {
  const configuration = {
    returnImmediately: true,
    ...(config && { taskPushNotificationConfig: config }),
  };
  const params = sendParams(text, { configuration, ...rest });
  const { body } = await httpJson.call(url, 'SendMessage', params);
  return body.task.id as string;
}

/** The task as an instance answers it. */
export async function taskOf({ url }: TestAgent, id: string): Promise<any> {
  const { body } = await httpJson.call(url, 'GetTask', { id });
  return body;
}
