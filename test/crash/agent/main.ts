import 'reflect-metadata';
import { type AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import {
  blockEventLoop,
  type Failpoint,
  Failpoints,
  WakeFaults,
} from '@nest-a2a/testing';
import {
  type Command,
  type InstanceSettings,
} from '../fleet/instance-messages.js';
import { internal } from '../../support/internals.js';
import { patchWithMutant } from '../mutants/mutants.js';
import { AppModule } from './app.module.js';
import { countResources } from './count-resources.js';
import { tell } from './notices.js';

const settings = JSON.parse(process.env.LAB_INSTANCE ?? '') as InstanceSettings;
const armedAtStart = JSON.parse(process.env.LAB_ARMED ?? '[]') as Failpoint[];

const failpoints = new Failpoints({
  onFired: (failpoint) => tell({ say: 'fired', failpoint }),
});
armedAtStart.forEach((failpoint) => failpoints.arm(failpoint));
const wakeFaults = new WakeFaults((fault) => tell({ say: 'wakeFault', fault }));

const app = await NestFactory.create(
  AppModule.register(settings, { failpoints, wakeFaults }),
  { logger: ['error', 'warn'] },
);
patchWithMutant(app, settings);
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');

process.on('message', (command: Command) => {
  switch (command.do) {
    case 'arm':
      failpoints.arm(command.failpoint);
      return tell({ say: 'armed', call: command.call });
    case 'disarm':
      return failpoints.disarm(command.id);
    case 'block':
      tell({ say: 'blocked', durationMs: command.durationMs });
      return blockEventLoop(command.durationMs);
    case 'disturbWakeUps':
      return wakeFaults.begin(command.fault);
    case 'count':
      return tell({
        say: 'counted',
        call: command.call,
        counts: countResources(),
      });
  }
});
// The laboratory has gone: nobody else would end this process.
process.on('disconnect', () => process.exit(1));

const { port } = app.getHttpServer().address() as AddressInfo;
const agent = internal(app, 'AgentRegistry').get('default');
tell({ say: 'ready', port, grpcPort: agent.grpc.port });
