import { type DynamicModule } from '@nestjs/common';
import { A2AModule } from '@nest-a2a/server';
import { OPERATOR_TOKEN, OperatorGuard } from './operator.guard.js';
import { type Settings } from './settings.js';
import { TravelWorker } from './travel.worker.js';
import { WebhooksController } from './webhooks.controller.js';

/** Nobody who tries this out waits for hours. */
const FIVE_SECONDS = 5_000;
const ATTEMPTS = 100;

/** An agent whose operator looks after its webhooks. */
export class AppModule {
  static register({ operatorToken }: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        A2AModule.forRoot({
          agentCard: {
            name: 'Travel',
            description: 'Books trips, and tells webhooks about them.',
            version: '0.1.0',
            capabilities: { pushNotifications: true },
          },
          push: {
            // The receiver runs on this machine, without TLS. For development only.
            allowHttp: true,
            allowPrivateNetworks: true,
            scheduleMs: Array.from({ length: ATTEMPTS }, () => FIVE_SECONDS),
          },
        }),
      ],
      controllers: [WebhooksController],
      providers: [
        TravelWorker,
        OperatorGuard,
        { provide: OPERATOR_TOKEN, useValue: operatorToken },
      ],
    };
  }
}
