import { type Clock } from '@nest-a2a/store';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Subject } from 'rxjs';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { A2A_CLOCK } from '../runtime/runtime.tokens.js';
import { AuditEntry, type AuditedRequest } from './audit-entry.js';
import { type AuditEvent } from './audit-event.js';
import { TolerantObservable } from './tolerant-observable.js';

/** Tells who asked for what. Nothing is kept: who does not listen misses it. */
@Injectable()
export class AuditTrail implements OnApplicationShutdown {
  private readonly logger = new Logger('A2AAudit');
  private readonly subject = new Subject<AuditEvent>();
  readonly events$ = new TolerantObservable(this.subject, (error) =>
    this.logger.error(
      'A listener to the audit events failed',
      error instanceof Error ? error.stack : error,
    ),
  );

  constructor(
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_OPTIONS)
    private readonly options: Pick<ResolvedOptions, 'auditLog'>,
  ) {}

  /** A request has reached an agent. */
  begin(asked: AuditedRequest): AuditEntry {
    return new AuditEntry(asked, (event) => this.tell(event));
  }

  onApplicationShutdown(): void {
    this.subject.complete();
  }

  private tell(event: Omit<AuditEvent, 'at'>): void {
    const at = new Date(this.clock.now()).toISOString();
    const dated: AuditEvent = Object.freeze({ at, ...event });
    if (this.options.auditLog) {
      // As JSON: what a caller names cannot begin a line of its own.
      this.logger.log(JSON.stringify(dated));
    }
    this.subject.next(dated);
  }
}
