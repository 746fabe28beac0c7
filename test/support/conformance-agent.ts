import { type AddressInfo } from 'node:net';
import { type INestApplication } from '@nestjs/common';
import { type Operation } from '@nest-a2a/protocol';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../apps/conformance-agent/src/app.module.js';
import { ConformanceWorker } from '../../apps/conformance-agent/src/conformance.worker.js';
import { readSettings } from '../../apps/conformance-agent/src/settings.js';
import { BINDINGS, eventsOf, type WireBinding } from './a2a-http.js';
import { Gate } from './gate.js';
import { GrpcClient } from './grpc-client.js';
import { testStorage } from './test-runtime.js';

/** Waits for the test in place of the clock. */
export class GatedWorker extends ConformanceWorker {
  readonly pauses: number[] = [];
  readonly gate = new Gate();

  protected override pause(ms: number): Promise<void> {
    this.pauses.push(ms);
    return this.gate.pass();
  }
}

/** Waits by the clock, and very long. */
export class PatientWorker extends ConformanceWorker {
  readonly wokenBy: string[] = [];

  protected override async pause(_ms: number, signal: AbortSignal) {
    await super.pause(2 ** 30, signal).catch((error: Error) => {
      this.wokenBy.push(error.name);
      throw error;
    });
  }
}

/** The agent for test kits, on a real port. */
export interface ConformanceAgent<T extends ConformanceWorker = GatedWorker> {
  readonly app: INestApplication;
  readonly url: string;
  readonly worker: T;
}

/** Starts the agent as the environment says, on free ports. */
export const startConformance = (CAPS?: string) =>
  startWith(new GatedWorker(), CAPS);

/** The same with another worker. */
export async function startWith<T extends ConformanceWorker>(
  worker: T,
  CAPS?: string,
): Promise<ConformanceAgent<T>> {
  const module = await Test.createTestingModule({
    imports: [
      AppModule.register({
        ...readSettings({ CAPS, GRPC_PORT: '0' }),
        ...testStorage(),
      }),
    ],
  })
    .overrideProvider(ConformanceWorker)
    .useValue(worker)
    .compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}`, worker };
}

/** Its public card. */
export const cardOf = async ({ url }: { url: string }): Promise<any> =>
  (await fetch(`${url}/.well-known/agent-card.json`)).json();

/** Calls the agent over one of its bindings. */
export interface Caller {
  call(operation: Operation, params: object): Promise<any>;
  stream(params: object): AsyncIterable<any>;
  refusal(operation: Operation, params: object): Promise<string>;
  close(): void;
}

const overHttp = (binding: WireBinding) => ({
  name: binding.name,
  connect: async ({ url }: ConformanceAgent): Promise<Caller> => ({
    call: async (operation, params) =>
      binding.result(await binding.call(url, operation, params)),
    async *stream(params) {
      const operation = 'SendStreamingMessage';
      const response = await binding.open(url, operation, params);
      for await (const event of eventsOf(response)) {
        yield binding.response(event);
      }
    },
    refusal: async (operation, params) =>
      binding.reason(await binding.call(url, operation, params)),
    close: () => undefined,
  }),
});

const OVER_GRPC = {
  name: 'GRPC',
  connect: async (agent: ConformanceAgent): Promise<Caller> => {
    const { supportedInterfaces } = await cardOf(agent);
    const { url } = supportedInterfaces.find(
      (one: any) => one.protocolBinding === 'GRPC',
    );
    const client = new GrpcClient(url);
    return {
      call: async (...args) => (await client.call(...args)).body,
      stream: (params) => client.open('SendStreamingMessage', params),
      refusal: async (...args) => (await client.refusal(...args)).error.code,
      close: () => client.close(),
    };
  },
};

/** Callers for each of its bindings. */
export const CALLERS = [...BINDINGS.map(overHttp), OVER_GRPC];

/** All that a stream says. */
export const all = async (events: AsyncIterable<any>): Promise<any[]> => {
  const list: any[] = [];
  for await (const event of events) list.push(event);
  return list;
};
