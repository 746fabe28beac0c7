import { type Clock } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { type AgentDefinition } from '../../agents/agent-definition.js';
import { type AuditEntry, isWorthReading } from '../../audit/audit-entry.js';
import { A2AOperations } from '../../operations/a2a-operations.service.js';
import { type StreamItem } from '../../operations/stream-item.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';
import { A2A_CLOCK } from '../../runtime/runtime.tokens.js';
import { CallFactory } from '../call-factory.service.js';
import { carryOut } from '../formats/carry-out.js';
import { assertJsonContent } from '../http/content-type.js';
import { ErrorReporter } from '../http/error-reporter.js';
import {
  extensionHeaders,
  httpFacts,
  namedTenant,
  requestedVersion,
} from '../http/http-call.js';
import { type HttpExchange } from '../http/http-exchange.js';
import { type NoteFailure, observeOperation } from '../observe-operation.js';
import { type SseEncoding } from '../sse/sse-frames.js';
import { replySse } from '../sse/sse-reply.js';
import { replyCard } from './reply-card.js';
import { type RestFormat } from './rest-formats.js';
import { type RestRequest } from './rest-requests.js';
import { assertVersionOfRoute } from './rest-version.js';

/** A request that reached a route. */
export interface RouteHit {
  readonly agent: AgentDefinition;
  /** The version that the route belongs to. */
  readonly format: RestFormat;
  readonly exchange: HttpExchange;
  /** The tenant in the path, if any. */
  readonly tenant: string | undefined;
}

/** A request that was refused before it reached its route. */
interface Refused extends Pick<RouteHit, 'format' | 'exchange'> {
  /** Name of the agent. */
  readonly agent: string;
}

/** Who hears how a request is answered. */
interface Answering {
  readonly audit: AuditEntry;
  readonly noteFailure: NoteFailure;
}

/** What an error is answered with. */
interface Failing extends Pick<RouteHit, 'format' | 'exchange'> {
  /** `undefined` for what no agent was asked. */
  readonly audit?: AuditEntry;
}

/** The HTTP+JSON binding: a route in, an object or a stream of events out (A2A §11). */
@Injectable()
export class RestBinding {
  constructor(
    @Inject(A2AOperations) private readonly operations: A2AOperations,
    @Inject(CallFactory) private readonly calls: CallFactory,
    @Inject(ErrorReporter) private readonly errors: ErrorReporter,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Answers one request. Does not throw.
   *
   * @param decode reads the request; what it throws is answered like any other error
   */
  async handle(hit: RouteHit, decode: () => RestRequest): Promise<void> {
    const { agent, format, exchange } = hit;
    const audit = this.audit(agent.name, exchange);
    try {
      assertJsonContent(exchange);
      assertVersionOfRoute(requestedVersion(exchange), format.version, agent);
      const request = decode();
      const { operation } = request;
      const { version } = format;
      await observeOperation(
        this.options.telemetry,
        { agent, operation, binding: 'HTTP+JSON', version, exchange },
        (noteFailure) => this.answer(request, { ...hit, audit, noteFailure }),
      );
    } catch (error) {
      this.replyError(error, { ...hit, audit });
    }
  }

  /**
   * Answers what guards and interceptors of the application throw.
   *
   * @param decode reads the request, for the audit log
   */
  refuse(
    thrown: unknown,
    { agent, format, exchange }: Refused,
    decode: () => RestRequest,
  ): void {
    const audit = this.audit(agent, exchange);
    if (isWorthReading(exchange.request.body)) {
      noteRequest(audit, format, decode);
    }
    this.replyError(thrown, { format, exchange, audit });
  }

  /** Answers an error, also one that was thrown before the request was read. */
  replyError(thrown: unknown, { format, exchange, audit }: Failing): void {
    const error = this.errors.report(thrown);
    audit?.fail(error);
    exchange.reply(JSON.stringify(format.errorBody(error)), {
      status: format.status(error),
      mediaType: format.mediaType(exchange),
      headers: this.errors.headers(error, exchange),
    });
  }

  private async answer(
    { operation, params }: RestRequest,
    hit: RouteHit & Answering,
  ): Promise<void> {
    const { agent, format, exchange, tenant, audit, noteFailure } = hit;
    audit.asks(operation);
    const call = await this.calls.create({
      ...httpFacts(exchange),
      agent,
      protocolVersion: format.version,
      tenant: namedTenant(params, tenant),
      audit,
    });
    const headers = extensionHeaders(call, exchange);
    const requested = { operation, params, call, format, audit };
    const outcome = await carryOut(this.operations, requested);
    if ('items' in outcome) {
      const { items } = outcome;
      const encoding = this.encoding(format, noteFailure);
      const timing = { clock: this.clock, ...this.options.sse };
      return replySse(exchange, { items, encoding, timing, headers });
    }
    const body = format.answer(operation, outcome.result);
    const mediaType = format.mediaType(exchange);
    if (operation === 'GetExtendedAgentCard') {
      replyCard(exchange, body, { mediaType, headers });
      return;
    }
    exchange.reply(body, { status: 200, mediaType, headers });
  }

  private audit(agent: string, { request }: HttpExchange): AuditEntry {
    return this.calls.audit({ agent, binding: 'HTTP+JSON', request });
  }

  private encoding(
    format: RestFormat,
    noteFailure: NoteFailure,
  ): SseEncoding<StreamItem> {
    return {
      id: ({ seq }) => seq,
      data: (item) => format.event(item),
      error: (thrown) => {
        noteFailure(thrown);
        return JSON.stringify(format.errorBody(this.errors.report(thrown)));
      },
    };
  }
}

/** What a request that was refused is about, as far as it can be read. */
function noteRequest(
  audit: AuditEntry,
  format: RestFormat,
  decode: () => RestRequest,
): void {
  try {
    const { operation, params } = decode();
    audit.asks(operation);
    audit.asks(operation, format.readRequest(operation, params));
  } catch (error) {
    void error; // The refusal is the answer, whatever the request is.
  }
}
