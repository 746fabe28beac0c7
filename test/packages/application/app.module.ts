import { A2AModule } from '@nest-a2a/server';
import { Module } from '@nestjs/common';
import { GreeterWorker } from './greeter.worker.js';
import { Words } from './words.service.js';

@Module({
  imports: [
    A2AModule.forRoot({
      agentCard: {
        name: 'Greeter',
        description: 'Says hello.',
        version: '1.0.0',
      },
    }),
  ],
  providers: [GreeterWorker, Words],
})
export class AppModule {}
