import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fleet } from '../fleet/fleet.js';
import { type RuntimeSettings } from '../fleet/instance-messages.js';
import { RoundRobinProxy } from '../fleet/round-robin-proxy.js';
import { type Expectation } from '../history/history.js';
import { entriesFile } from '../history/files.js';
import { Recorder } from '../history/recorder.js';
import { WebhookReceivers } from '../workload/webhook-receivers.js';
import { createHostTables } from './host-tables.js';
import { LabClients } from './lab-clients.js';
import { LAB_TIMING } from './settings.js';

/** How a laboratory is set up. */
export interface LaboratoryOptions {
  readonly runtime: RuntimeSettings;
  readonly instances: number;
  /** Where the history and the log of the processes go. */
  readonly folder: string;
  readonly mutant?: string;
  /** A task that has not come to its end by then is stuck, milliseconds. */
  readonly taskTimeoutMs: number;
  /** How long to wait until nothing moves any more, milliseconds. */
  readonly settleMs: number;
}

/** Several instances of the application behind a load balancer, receivers, clients, and a record of everything. */
export class Laboratory {
  readonly expectations: Expectation[] = [];

  private constructor(
    readonly options: LaboratoryOptions,
    readonly recorder: Recorder,
    readonly receivers: WebhookReceivers,
    readonly fleet: Fleet,
    readonly proxies: {
      readonly http: RoundRobinProxy;
      readonly grpc: RoundRobinProxy;
    },
    readonly clients: LabClients,
    private readonly over: AbortController,
  ) {}

  static async open(options: LaboratoryOptions): Promise<Laboratory> {
    mkdirSync(options.folder, { recursive: true });
    const recorder = new Recorder(entriesFile(options.folder));
    const receivers = new WebhookReceivers(recorder);
    await receivers.listen();
    const ports = (kind: 'http' | 'grpc') =>
      fleet.instances.flatMap((one) => one.ports?.[kind] ?? []);
    const http = new RoundRobinProxy(() => ports('http'));
    const grpc = new RoundRobinProxy(() => ports('grpc'));
    const url = `http://127.0.0.1:${await http.listen('127.0.0.1')}`;
    const grpcAddress = `127.0.0.1:${await grpc.listen('127.0.0.1')}`;
    const fleet: Fleet = new Fleet({
      size: options.instances,
      recorder,
      logFile: join(options.folder, 'instances.log'),
      settings: {
        runtime: options.runtime,
        publicUrl: url,
        grpcAddress,
        receiverPort: receivers.port,
        encryptionKey: randomBytes(32).toString('base64'),
        timing: LAB_TIMING,
        ...(options.mutant !== undefined && { mutant: options.mutant }),
      },
    });
    const over = new AbortController();
    const clients = new LabClients(
      { url, grpcAddress },
      { recorder, receivers, signal: over.signal },
    );
    const lab = new Laboratory(
      options,
      recorder,
      receivers,
      fleet,
      { http, grpc },
      clients,
      over,
    );
    await createHostTables(options.runtime);
    await fleet.start();
    return lab;
  }

  async close(): Promise<void> {
    this.over.abort(new Error('The run is over'));
    await this.fleet.close();
    await Promise.all([
      this.receivers.close(),
      this.proxies.http.close(),
      this.proxies.grpc.close(),
    ]);
    await this.recorder.close();
  }
}
