import { type ClientBinding } from '../history/history.js';
import { type Recorder } from '../history/recorder.js';
import { Caller } from '../workload/caller.js';
import { GrpcWireClient } from '../workload/grpc-wire-client.js';
import { HttpWireClient } from '../workload/http-wire-client.js';
import { Reader } from '../workload/reader.js';
import { type WebhookReceivers } from '../workload/webhook-receivers.js';
import { type WireClient } from '../workload/wire-client.js';

/** Where the instances are reached, all behind one address for each kind of connection. */
export interface LabAddresses {
  readonly url: string;
  readonly grpcAddress: string;
}

/** What the clients of a run have in common. */
export interface LabClientParts {
  readonly recorder: Recorder;
  readonly receivers: WebhookReceivers;
  /** Aborts when the run is over: whoever still waits for something stops. */
  readonly signal: AbortSignal;
}

/** Makes the clients of a run. */
export class LabClients {
  constructor(
    private readonly addresses: LabAddresses,
    private readonly parts: LabClientParts,
  ) {}

  get receivers(): WebhookReceivers {
    return this.parts.receivers;
  }

  /** Aborts when the run is over. */
  get signal(): AbortSignal {
    return this.parts.signal;
  }

  caller(
    client: string,
    { binding, tenant }: { binding: ClientBinding; tenant: string },
  ): Caller {
    const identity = { client, binding, tenant };
    return new Caller(identity, {
      wire: this.wire(binding),
      recorder: this.parts.recorder,
      signal: this.signal,
    });
  }

  reader(
    reader: string,
    {
      binding,
      tenant,
      resumes,
    }: { binding: ClientBinding; tenant: string; resumes: boolean },
  ): Reader {
    return new Reader({
      reader,
      identity: { client: reader, binding, tenant },
      wire: this.wire(binding),
      recorder: this.parts.recorder,
      signal: this.signal,
      resumes: resumes && binding !== 'GRPC',
    });
  }

  private wire(binding: ClientBinding): WireClient {
    return binding === 'GRPC'
      ? new GrpcWireClient(this.addresses.grpcAddress)
      : new HttpWireClient(binding, this.addresses.url);
  }
}
