import { internalError } from '@nest-a2a/protocol';
import { type GrpcProcedure } from '@nest-a2a/protocol/grpc';
import { type Clock } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { type AgentDefinition } from '../../agents/agent-definition.js';
import { type AuditEntry, isWorthReading } from '../../audit/audit-entry.js';
import { A2AOperations } from '../../operations/a2a-operations.service.js';
import { type Call } from '../../operations/call.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';
import { A2A_CLOCK } from '../../runtime/runtime.tokens.js';
import { CallFactory } from '../call-factory.service.js';
import { carryOut, type Outcome } from '../formats/carry-out.js';
import { type ContentFormat } from '../formats/content-format.js';
import { ErrorReporter } from '../http/error-reporter.js';
import { extensionHeaders, httpFacts, namedTenant } from '../http/http-call.js';
import { observeOperation } from '../observe-operation.js';
import { type GrpcExchange } from './grpc-exchange.js';
import { ascii, toGrpcFailure } from './grpc-failure.js';
import { GrpcGate } from './grpc-gate.service.js';
import { type GrpcPackages } from './grpc-packages.js';
import { replyGrpcStream } from './grpc-stream.js';
import { assertVersionOfService } from './grpc-version.js';
import { readRpcException } from './rpc-exception.js';

/** A call that reached a procedure. */
export interface GrpcHit {
  readonly agent: AgentDefinition;
  readonly procedure: GrpcProcedure;
  /** What the service of the procedure says. */
  readonly content: ContentFormat;
  readonly exchange: GrpcExchange;
  readonly packages: GrpcPackages;
}

/** The gRPC binding: a procedure in, a message or a stream of messages out (A2A §10). */
@Injectable()
export class GrpcBinding {
  constructor(
    @Inject(A2AOperations) private readonly operations: A2AOperations,
    @Inject(CallFactory) private readonly calls: CallFactory,
    @Inject(GrpcGate) private readonly gate: GrpcGate,
    @Inject(ErrorReporter) private readonly errors: ErrorReporter,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers one call. Does not throw. */
  async handle(hit: GrpcHit): Promise<void> {
    const { agent, exchange, packages } = hit;
    const { request, call } = exchange;
    const binding = 'GRPC';
    const audit = this.calls.audit({ agent: agent.name, binding, request });
    audit.asks(hit.procedure.operation);
    try {
      await this.gate.pass(agent.name, [request, call.metadata, call], () =>
        this.answer(hit, audit),
      );
      if (!exchange.hasAnswer) {
        // An interceptor kept the call to itself.
        throw internalError(new Error('Nobody has answered the call'));
      }
    } catch (error) {
      noteRequest(audit, hit);
      this.fail(readRpcException(error, packages), hit, audit);
    }
  }

  private async answer(hit: GrpcHit, audit: AuditEntry): Promise<void> {
    const { agent, procedure, content, exchange } = hit;
    const { operation } = procedure;
    const { version } = content;
    try {
      await observeOperation(
        this.options.telemetry,
        { agent, operation, binding: 'GRPC', version, exchange },
        () => this.carryOut(hit, audit),
      );
    } catch (error) {
      this.fail(error, hit, audit);
    }
  }

  private async carryOut(hit: GrpcHit, audit: AuditEntry): Promise<void> {
    const call = await this.begin(hit, audit);
    const { procedure, content: format, exchange } = hit;
    const { operation } = procedure;
    const { body: params } = exchange.request;
    const requested = { operation, params, call, format, audit };
    const outcome = await carryOut(this.operations, requested);
    await this.reply(outcome, call, hit);
  }

  private begin(
    { agent, content, exchange }: GrpcHit,
    audit: AuditEntry,
  ): Promise<Call> {
    const lenient = agent.grpc?.options.lenient ?? false;
    const isFree = lenient || content.version === '0.3';
    assertVersionOfService(exchange, content.version, { lenient: isFree });
    return this.calls.create({
      ...httpFacts(exchange),
      agent,
      protocolVersion: content.version,
      tenant: namedTenant(exchange.request.body),
      audit,
    });
  }

  private async reply(
    outcome: Outcome,
    call: Call,
    { procedure, content, exchange, packages }: GrpcHit,
  ): Promise<void> {
    const headers = new packages.grpc.Metadata();
    const echo = Object.entries(extensionHeaders(call, exchange));
    echo.forEach(([name, value]) => headers.set(name, ascii(value)));
    exchange.sendHeaders(headers);
    const encode = (json: string) => procedure.encodeResponse(JSON.parse(json));
    if ('items' in outcome) {
      await replyGrpcStream(exchange, {
        items: outcome.items,
        isLast: ({ isLast }) => isLast,
        encode: (item) => encode(content.event(item)),
        clock: this.clock,
        stallMs: this.options.sse.stallMs,
      });
      return;
    }
    const { operation } = procedure;
    exchange.reply(encode(content.answer(operation, outcome.result)));
  }

  private fail(
    thrown: unknown,
    { exchange, packages }: GrpcHit,
    audit: AuditEntry,
  ): void {
    const error = this.errors.report(thrown);
    audit.fail(error);
    exchange.fail(toGrpcFailure(error, packages));
  }
}

/** What a call that was refused is about, as far as it can be read. */
function noteRequest(
  audit: AuditEntry,
  { procedure: { operation }, content, exchange }: GrpcHit,
): void {
  if (!isWorthReading(exchange.call.request)) return;
  try {
    const { body } = exchange.request;
    audit.asks(operation, content.readRequest(operation, body));
  } catch (error) {
    void error; // The refusal is the answer, whatever the message is.
  }
}
