import { A2AModule } from '@nest-a2a/server';
import { type DynamicModule, Module } from '@nestjs/common';
import { AgentWorker } from './agent.worker.js';
import { type AgentSettings } from './settings.js';

@Module({})
export class AppModule {
  static register(settings: AgentSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        A2AModule.forRoot({
          agentCard: {
            name: '{{title}}',
            description: 'Says what it was told.',
            version: '0.1.0',
          },
          ...settings,
        }),
      ],
      providers: [AgentWorker],
    };
  }
}
