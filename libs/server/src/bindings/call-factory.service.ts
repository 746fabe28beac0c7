import {
  invalidParam,
  invalidParams,
  ParseContext,
  type ProtocolVersion,
  schema,
} from '@nest-a2a/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { askApplication } from '../access/ask-application.js';
import { identityOf } from '../access/identity.js';
import { type AgentDefinition } from '../agents/agent-definition.js';
import { type AuditedRequest, type AuditEntry } from '../audit/audit-entry.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { type Call } from '../operations/call.js';
import { activeExtensions } from '../operations/extensions.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';

/** What a transport knows of a request besides the operation. */
export interface CallFacts {
  readonly agent: AgentDefinition;
  readonly protocolVersion: ProtocolVersion;
  /** The request of the transport, after the guards: what the application's resolvers look at. */
  readonly request: unknown;
  /** The tenant that the request names; empty for none. */
  readonly tenant: string;
  /** URIs of the extensions that the caller declares. */
  readonly extensions: readonly string[];
  /** What the caller says was the last event that it has seen. */
  readonly lastEventId: string | undefined;
  readonly traceparent: string | undefined;
  /** Aborts when the caller is gone or the process shuts down. */
  readonly signal: AbortSignal;
  readonly audit: AuditEntry;
}

/** Finds out who calls, for which tenant, and with which extensions of the protocol. */
@Injectable()
export class CallFactory {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
  ) {}

  /** A request has reached an agent: what the audit log will say of it. */
  audit(asked: AuditedRequest): AuditEntry {
    return this.trail.begin(asked);
  }

  /** @throws A2AError `INVALID_PARAMS` for a tenant that is none, `EXTENSION_SUPPORT_REQUIRED` */
  async create(facts: CallFacts): Promise<Call> {
    const { agent, protocolVersion, request, signal, audit } = facts;
    const principal = await this.principalOf(facts);
    const tenant = await this.tenantOf(facts);
    const scope = { agent: agent.name, tenant, principal };
    audit.by(scope);
    const lastEventId = lastEventOf(facts.lastEventId);
    const traceparent = traceOf(facts.traceparent);
    const identity = identityOf(request);
    return {
      agent,
      scope,
      protocolVersion,
      request,
      extensions: activeExtensions(facts.extensions, agent),
      signal,
      ...(lastEventId !== undefined && { lastEventId }),
      ...(traceparent !== undefined && { traceparent }),
      ...(identity && { identity }),
    };
  }

  private async principalOf({ request }: CallFacts): Promise<string> {
    const { principal } = this.options;
    const found = await askApplication(() => principal(request));
    return text(found ?? '', 'principal');
  }

  /** An agent without tenants takes what a request names for nothing. */
  private async tenantOf(facts: CallFacts): Promise<string> {
    const { agent, tenant, request } = facts;
    const { tenants } = agent;
    if (!tenants) {
      return '';
    }
    if (tenant !== '') {
      this.assertTenant(tenant);
    }
    const resolved = await askApplication(() => tenants(tenant, request));
    if (resolved === undefined) {
      // The same for one that does not exist and for one that is not the caller's.
      throw invalidParam(
        'tenant',
        'Must be a tenant that the caller belongs to',
      );
    }
    return text(resolved, 'tenants');
  }

  /** The application looks for it, and stores keep it: in a path nothing else is checked first. */
  private assertTenant(tenant: string): void {
    const context = new ParseContext('request', this.options.limits);
    schema.id(tenant, 'tenant', context);
    if (context.violations.length > 0) {
      throw invalidParams(context.violations);
    }
  }
}

/** @throws TypeError where the application's resolver answers what cannot tell callers apart */
function text(value: unknown, option: string): string {
  if (typeof value !== 'string') {
    throw new TypeError(
      `The option "${option}" must answer a string, not ${typeof value}`,
    );
  }
  return value;
}

/** An empty value says that the reader has seen nothing yet. */
function lastEventOf(value = ''): Call['lastEventId'] {
  if (value === '') {
    return undefined;
  }
  return /^\d{1,15}$/.test(value) ? Number(value) : 'unknown';
}

/** The trace of the caller, kept with the turn; what has not the form of one is left out (W3C Trace Context §3.2.2). */
function traceOf(value = ''): string | undefined {
  const form = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
  return form.test(value) ? value : undefined;
}
