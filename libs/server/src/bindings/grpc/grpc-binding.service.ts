import { internalError } from '@nest-a2a/protocol';
import { type GrpcProcedure } from '@nest-a2a/protocol/grpc';
import { type Clock } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { type AgentDefinition } from '../../agents/agent-definition.js';
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
    try {
      await this.gate.pass(agent.name, [request, call.metadata, call], () =>
        this.answer(hit),
      );
      if (!exchange.hasAnswer) {
        // An interceptor kept the call to itself.
        throw internalError(new Error('Nobody has answered the call'));
      }
    } catch (error) {
      this.fail(readRpcException(error, packages), hit);
    }
  }

  private async answer(hit: GrpcHit): Promise<void> {
    try {
      const call = await this.begin(hit);
      const { procedure, content: format, exchange } = hit;
      const { operation } = procedure;
      const { body: params } = exchange.request;
      const requested = { operation, params, call, format };
      const outcome = await carryOut(this.operations, requested);
      await this.reply(outcome, call, hit);
    } catch (error) {
      this.fail(error, hit);
    }
  }

  private begin({ agent, content, exchange }: GrpcHit): Promise<Call> {
    const lenient = agent.grpc?.options.lenient ?? false;
    const isFree = lenient || content.version === '0.3';
    assertVersionOfService(exchange, content.version, { lenient: isFree });
    return this.calls.create({
      ...httpFacts(exchange),
      agent,
      protocolVersion: content.version,
      tenant: namedTenant(exchange.request.body),
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

  private fail(thrown: unknown, { exchange, packages }: GrpcHit): void {
    const error = this.errors.report(thrown);
    exchange.fail(toGrpcFailure(error, packages));
  }
}
