import { assertOriginFits, MAX_NEW_WITHIN_MS } from '../push/origin-limits.js';
import { type OriginLimits } from '../push/push-config.js';
import { type Scope, scopeKey } from '../scope.js';

/** A webhook of a tenant, as far as its origin goes. */
interface PlacedWebhook {
  readonly scope: Scope;
  readonly origin: string;
}

/** At which origins a tenant has webhooks. */
class TenantOrigins {
  /** How many webhooks each has. */
  readonly present = new Map<string, number>();
  /** When those have come that are new, the oldest first. */
  readonly arrivals = new Map<string, number>();

  get isEmpty(): boolean {
    return this.present.size + this.arrivals.size === 0;
  }

  forgetBefore(time: number): void {
    for (const [origin, cameAt] of this.arrivals) {
      if (cameAt > time) {
        return;
      }
      this.arrivals.delete(origin);
    }
  }
}

/** At which origins the tenants have webhooks. */
export class OriginCensus {
  private readonly tenants = new Map<string, TenantOrigins>();

  /** How many tenants have webhooks. */
  get size(): number {
    const all = [...this.tenants.values()];
    return all.filter(({ present }) => present.size > 0).length;
  }

  /** @throws StoreError `TOO_MANY_PUSH_ORIGINS`, `TOO_MANY_NEW_PUSH_ORIGINS` */
  assertFits(
    { scope, origin }: PlacedWebhook,
    limits: OriginLimits,
    now: number,
  ): void {
    const tenant = this.tenants.get(keyOf(scope)) ?? new TenantOrigins();
    tenant.forgetBefore(now - limits.newWithinMs);
    const { present, arrivals } = tenant;
    if (!present.has(origin)) {
      const hasArrived = arrivals.has(origin);
      const counts = { present: present.size, arrived: arrivals.size };
      assertOriginFits({ ...counts, hasArrived }, limits);
    }
  }

  add({ scope, origin }: PlacedWebhook, now: number): void {
    const key = keyOf(scope);
    const tenant = this.tenants.get(key) ?? new TenantOrigins();
    this.tenants.set(key, tenant);
    const { present, arrivals } = tenant;
    if (!present.has(origin) && !arrivals.has(origin)) {
      arrivals.set(origin, now);
    }
    present.set(origin, (present.get(origin) ?? 0) + 1);
  }

  remove({ scope, origin }: PlacedWebhook): void {
    const key = keyOf(scope);
    const tenant = this.tenants.get(key);
    const left = (tenant?.present.get(origin) ?? 0) - 1;
    if (left > 0) {
      tenant?.present.set(origin, left);
    } else {
      tenant?.present.delete(origin);
    }
    this.forgetIfEmpty(key);
  }

  /** Forgets what was new a while ago. */
  forgetOld(now: number): void {
    for (const [key, tenant] of this.tenants) {
      tenant.forgetBefore(now - MAX_NEW_WITHIN_MS);
      this.forgetIfEmpty(key);
    }
  }

  private forgetIfEmpty(key: string): void {
    if (this.tenants.get(key)?.isEmpty) {
      this.tenants.delete(key);
    }
  }
}

function keyOf(scope: Scope): string {
  return scopeKey({ ...scope, principal: '' });
}
