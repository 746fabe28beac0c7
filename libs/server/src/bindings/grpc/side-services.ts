import {
  type Server,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type GrpcService } from '@nest-a2a/protocol/grpc';
import { type GrpcPackages } from './grpc-packages.js';

type Adds = Pick<Server, 'addService'>;

interface SideCall {
  end?(): void;
  once(event: 'cancelled', listener: () => void): unknown;
}

/**
 * The services of a server besides those of A2A: health and reflection. Their
 * streams would stay open for as long as their callers want.
 */
export class SideServices {
  private readonly streams = new Set<SideCall>();
  private stopServing: () => void = () => undefined;

  constructor(
    server: Server,
    services: readonly GrpcService[],
    { health, reflection }: GrpcPackages,
  ) {
    const adds = this.tracked(server);
    if (health) {
      const names = ['', ...services.map(({ name }) => name)];
      const state = new health.HealthImplementation();
      const say = (status: 'SERVING' | 'NOT_SERVING') =>
        names.forEach((name) => state.setStatus(name, status));
      say('SERVING');
      state.addToServer(adds);
      this.stopServing = () => say('NOT_SERVING');
    }
    if (reflection) {
      new reflection.ReflectionService(packageOf(services)).addToServer(adds);
    }
  }

  /** Tells who asks for the health that there will be no service soon. */
  refuse(): void {
    this.stopServing();
  }

  /** Ends the streams that are open. */
  end(): void {
    this.streams.forEach((call) => call.end?.());
  }

  /** A server that keeps the calls of what is added to it. */
  private tracked(server: Server): Adds {
    return {
      addService: (
        definition: ServiceDefinition,
        implementation: UntypedServiceImplementation,
      ) => {
        const entries = Object.entries(implementation).map(([name, handle]) => [
          name,
          (call: SideCall, respond: unknown) => {
            this.streams.add(call);
            call.once('cancelled', () => this.streams.delete(call));
            (handle as (...args: unknown[]) => void)(call, respond);
          },
        ]);
        server.addService(
          definition,
          Object.fromEntries(entries) as UntypedServiceImplementation,
        );
      },
    };
  }
}

/** The descriptors in the form of a package; reflection reads nothing else of one. */
function packageOf(services: readonly GrpcService[]) {
  return Object.fromEntries(
    services.map((service) => [
      service.name,
      {
        format: 'Protocol Buffer 3 EnumDescriptorProto' as const,
        type: {},
        fileDescriptorProtos: service
          .fileDescriptors()
          .map((bytes) => Buffer.from(bytes)),
      },
    ]),
  );
}
