import { Inject, Injectable } from '@nestjs/common';
import { type Observable } from 'rxjs';
import { type AuditEvent } from './audit-event.js';
import { AuditTrail } from './audit-trail.service.js';

/** Who asked the agents of this process for what, and what came of it, refusals included. */
@Injectable()
export class A2AAudit {
  constructor(@Inject(AuditTrail) private readonly trail: AuditTrail) {}

  /**
   * One event for each request that reaches an agent, as soon as its outcome is
   * known. Nothing waits for listeners and nothing is kept for them. One that
   * throws is logged, and hears the next event.
   */
  get events$(): Observable<AuditEvent> {
    return this.trail.events$;
  }
}
