import { A2AClient, type A2AClientOptions } from '@nest-a2a/client';
import { assertNothingLeftOpen, openHandles } from '../open-handles.js';
import { BlackHole } from './black-hole.js';
import { FaultAgent, type FaultAgentOptions } from './fault-agent.js';

/** Quick, and still with some room. */
export const RETRY = { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 5 };

/** Every port of this machine may be called. */
export const HERE = {
  allowHttp: true,
  allowPrivateNetworks: true,
  ports: Array.from({ length: 65_535 }, (_, index) => index + 1),
};

/** Both sides, and what was open before them. */
export class FaultLab {
  private readonly before = openHandles();
  private readonly agents: FaultAgent[] = [];
  private readonly clients: A2AClient[] = [];
  private readonly holes: BlackHole[] = [];

  async agent(options: FaultAgentOptions = {}): Promise<FaultAgent> {
    const agent = await FaultAgent.start(options);
    this.agents.push(agent);
    return agent;
  }

  /** A URL where no connection is ever made. */
  async blackHole(): Promise<string> {
    const hole = await BlackHole.open();
    this.holes.push(hole);
    return hole.url;
  }

  /** A client of this machine's agents, on whatever ports. */
  async client(
    target: string | object,
    options: A2AClientOptions = {},
  ): Promise<A2AClient> {
    const client = await A2AClient.connect(
      target as Parameters<typeof A2AClient.connect>[0],
      { retry: RETRY, ...HERE, ...options },
    );
    this.clients.push(client);
    return client;
  }

  /** Takes an agent away. */
  async leave(agent: FaultAgent): Promise<void> {
    this.agents.splice(this.agents.indexOf(agent), 1);
    await agent.close();
  }

  /** Closes the clients, and fails where they leave a socket, a timer or anything else. */
  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await Promise.all(this.agents.map((agent) => agent.allClosed()));
    await Promise.all(this.agents.map((agent) => agent.close()));
    await Promise.all(this.holes.map((hole) => hole.close()));
    await assertNothingLeftOpen(this.before);
  }
}

/** What a call fails with. */
export async function failureOf(work: Promise<unknown>): Promise<any> {
  return work.then(
    () => Promise.reject(new Error('It did not fail')),
    (error: unknown) => error,
  );
}

/** The values of an iterable. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
