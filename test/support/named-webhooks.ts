import { type AddressInfo } from 'node:net';
import { type NestApplication } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  A2A_CLOCK,
  A2AModule,
  type PushOptions,
  PushNotificationService,
  WEBHOOK_NETWORK,
} from '@nest-a2a/server';
import { jsonRpc, sendParams, type WireAnswer } from './a2a-http.js';
import { DeliveryRecorder } from './delivery-recorder.js';
import { LeapClock } from './leap-clock.js';
import { LogCollector } from './log-collector.js';
import { ScriptedWorker } from './scripted-worker.js';
import { CARD } from './test-agent.js';
import { onTestStore } from './test-runtime.js';

/** What a test answers in place of DNS. @throws where it wants a name not to be found */
export type NameAnswer = (name: string) => string;

/** An agent with tenants for which all names lead to one address, or to those that the test says, and that notes which it looks up. */
export class NamedWebhooks {
  private constructor(
    private readonly app: NestApplication,
    readonly url: string,
    readonly logs: LogCollector,
    readonly recorder: DeliveryRecorder,
    readonly lookedUp: readonly string[],
  ) {}

  /** Webhooks get one request for each task. */
  static async start(
    answer: string | NameAnswer,
    push: Partial<PushOptions>,
  ): Promise<NamedWebhooks> {
    const lookedUp: string[] = [];
    const resolve = async (name: string) => {
      lookedUp.push(name);
      const address = typeof answer === 'string' ? answer : answer(name);
      return [{ address, family: 4 }];
    };
    const options = onTestStore({
      agentCard: CARD,
      tenants: (tenant: string) => tenant,
      push: { allowHttp: true, select: 'terminal', ...push },
    });
    const module = await Test.createTestingModule({
      imports: [A2AModule.forRoot(options)],
      providers: [ScriptedWorker],
    })
      .overrideProvider(WEBHOOK_NETWORK)
      .useValue({ resolve })
      .overrideProvider(A2A_CLOCK)
      .useValue(new LeapClock())
      .compile();
    const logger = new LogCollector();
    const app = module.createNestApplication<NestApplication>(
      new ExpressAdapter(),
      { logger },
    );
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const recorder = new DeliveryRecorder(app);
    return new NamedWebhooks(app, url, logger, recorder, lookedUp);
  }

  /** Sends a message that registers a webhook. @param more of its configuration */
  send(tenant: string, webhook?: string, more?: object): Promise<WireAnswer> {
    const config = webhook && { id: 'a', url: webhook, ...more };
    const params = sendParams(
      'hi',
      config ? { configuration: { taskPushNotificationConfig: config } } : {},
    );
    return jsonRpc.call(this.url, 'SendMessage', { ...params, tenant });
  }

  get service(): PushNotificationService {
    return this.app.get(PushNotificationService);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
