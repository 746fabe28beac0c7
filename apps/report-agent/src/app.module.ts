import { Module } from '@nestjs/common';
import { A2AModule } from '@nest-a2a/server';
import { offer } from './offer.js';
import { ReportWorker } from './report.worker.js';

@Module({
  imports: [
    A2AModule.forRoot({
      agentCard: {
        name: 'Report Generator',
        description: 'Generates reports with push notification support.',
        version: '0.1.0',
        capabilities: { streaming: true, pushNotifications: true },
      },
      // The receiver runs on this machine, without TLS. For development only.
      push: { allowHttp: true, allowPrivateNetworks: true },
      ...offer(process.env),
    }),
  ],
  providers: [ReportWorker],
})
export class AppModule {}
