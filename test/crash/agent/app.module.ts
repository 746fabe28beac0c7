import { type DynamicModule, Module } from '@nestjs/common';
import { A2AModule } from '@nest-a2a/server';
import {
  Failpoints,
  type WakeFaults,
  withFailpoints,
  withWakeFaults,
} from '@nest-a2a/testing';
import { type InstanceSettings } from '../fleet/instance-messages.js';
import { RECEIVER_HOST } from '../fleet/addresses.js';
import { withMutant } from '../mutants/mutants.js';
import { Bookings } from './bookings.js';
import { LabWorker } from './lab.worker.js';
import { toRuntime } from './open-runtime.js';

/** Where the application is broken. */
export interface LabFaults {
  readonly failpoints: Failpoints;
  readonly wakeFaults: WakeFaults;
}

/** The application that is broken: an ordinary one, with failpoints around its store and faults in its wake-ups. */
@Module({})
export class AppModule {
  static register(
    settings: InstanceSettings,
    { failpoints, wakeFaults }: LabFaults,
  ): DynamicModule {
    const { timing } = settings;
    return {
      module: AppModule,
      imports: [
        A2AModule.forRoot({
          agentCard: {
            name: 'Crash Agent',
            description: 'Does what scripts say while it is killed.',
            version: '1.0.0',
            capabilities: { streaming: true, pushNotifications: true },
          },
          bindings: ['JSONRPC', 'HTTP+JSON', 'GRPC'],
          versions: ['1.0'],
          tenants: true,
          runtime: withWakeFaults(
            withFailpoints(
              withMutant(toRuntime(settings.runtime), settings),
              failpoints,
            ),
            wakeFaults,
          ),
          publicUrl: settings.publicUrl,
          grpc: {
            port: 0,
            host: '127.0.0.1',
            address: settings.grpcAddress,
          },
          turn: {
            leaseMs: timing.leaseMs,
            heartbeatMs: timing.heartbeatMs,
            maxAttempts: timing.maxAttempts,
          },
          sse: { heartbeatMs: timing.streamHeartbeatMs },
          cancelGraceMs: timing.cancelGraceMs,
          drainMs: timing.drainMs,
          push: {
            allowHttp: true,
            allow: [RECEIVER_HOST],
            ports: [settings.receiverPort],
            encryptionKey: settings.encryptionKey,
            deadlineMs: timing.pushDeadlineMs,
            scheduleMs: timing.pushScheduleMs,
            perOrigin: 64,
            breaker: timing.pushBreaker,
          },
        }),
      ],
      providers: [
        { provide: Failpoints, useValue: failpoints },
        {
          provide: LabWorker,
          useFactory: () =>
            new LabWorker({
              failpoints,
              bookings:
                settings.runtime.kind === 'postgres'
                  ? new Bookings(settings.runtime)
                  : undefined,
            }),
        },
      ],
    };
  }
}
