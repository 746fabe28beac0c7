import { type GrpcOptions } from '../options/a2a-module-options.js';
import { DEFAULT_OPTIONS } from '../options/default-options.js';

/** Where an agent answers gRPC. */
export class GrpcEndpoint {
  readonly options: Readonly<GrpcOptions> &
    Required<Omit<GrpcOptions, 'address' | 'credentials'>>;
  private boundPort: number | undefined;

  constructor(options: GrpcOptions = {}) {
    this.options = { ...DEFAULT_OPTIONS.grpc, ...options };
  }

  /** The port that the server listens on, or is going to. */
  get port(): number {
    return this.boundPort ?? this.options.port;
  }

  /** Notes the port that the system chose. */
  listensOn(port: number): void {
    this.boundPort = port;
  }

  /**
   * The URL of the interface in the agent card: `host:port` without a scheme
   * (A2A §4.4.6).
   *
   * @param url the agent's URL for HTTP
   */
  addressBeside(url: string): string {
    return this.options.address ?? `${new URL(url).hostname}:${this.port}`;
  }
}
