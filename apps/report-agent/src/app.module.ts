import { type DynamicModule } from '@nestjs/common';
import { A2AModule } from '@nest-a2a/server';
import { ReportWorker } from './report.worker.js';
import { type Settings } from './settings.js';

export class AppModule {
  static register({ offer, runtime, encryptionKey }: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        A2AModule.forRoot({
          agentCard: {
            name: 'Report Generator',
            description: 'Generates reports with push notification support.',
            version: '0.1.0',
            capabilities: { streaming: true, pushNotifications: true },
          },
          runtime,
          push: {
            // The receiver runs on this machine, without TLS. For development only.
            allowHttp: true,
            allowPrivateNetworks: true,
            ...(encryptionKey !== undefined && { encryptionKey }),
          },
          ...offer,
        }),
      ],
      providers: [ReportWorker],
    };
  }
}
