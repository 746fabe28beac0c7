import {
  JSON_RPC_ERRORS,
  type JsonRpcId,
  jsonRpcIdOf,
  type Operation,
  parseJsonRpcRequest,
} from '@nest-a2a/protocol';
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
import { observeOperation, type NoteFailure } from '../observe-operation.js';
import { type SseEncoding } from '../sse/sse-frames.js';
import { replySse } from '../sse/sse-reply.js';
import {
  formatOf,
  JSON_RPC_1_0,
  type JsonRpcFormat,
  operationOf,
} from './json-rpc-formats.js';

const MEDIA_TYPE = 'application/json';

/** What was asked of whom. */
interface Asked {
  readonly agent: AgentDefinition;
  readonly operation: Operation;
  readonly params: unknown;
}

/** What answers to one request have in common. */
interface Answering {
  readonly id: JsonRpcId;
  readonly format: JsonRpcFormat;
  readonly exchange: HttpExchange;
  readonly audit: AuditEntry;
}

/** How an operation is answered that is carried out. */
interface AnsweringOperation extends Answering {
  readonly noteFailure: NoteFailure;
}

/** The JSON-RPC binding: a request in, a response or a stream of responses out (A2A §9). */
@Injectable()
export class JsonRpcBinding {
  constructor(
    @Inject(A2AOperations) private readonly operations: A2AOperations,
    @Inject(CallFactory) private readonly calls: CallFactory,
    @Inject(ErrorReporter) private readonly errors: ErrorReporter,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers one request. Does not throw. */
  async handle(agent: AgentDefinition, exchange: HttpExchange): Promise<void> {
    const audit = this.audit(agent.name, exchange);
    let answering: Answering = {
      id: null,
      format: JSON_RPC_1_0,
      exchange,
      audit,
    };
    try {
      assertJsonContent(exchange);
      const body = exchange.jsonBody();
      answering = { ...answering, id: jsonRpcIdOf(body) };
      const request = parseJsonRpcRequest(body);
      const requested = requestedVersion(exchange);
      const format = formatOf(request.method, requested);
      answering = { ...answering, format };
      const operation = operationOf(request.method, requested, agent);
      const { params } = request;
      const asked = { agent, operation, params };
      const facts = { ...asked, binding: 'JSONRPC', exchange } as const;
      await observeOperation(
        this.options.telemetry,
        { ...facts, version: format.version },
        (noteFailure) => this.answer(asked, { ...answering, noteFailure }),
      );
    } catch (error) {
      this.replyError(error, answering);
    }
  }

  /** Answers what guards and interceptors of the application throw. */
  refuse(thrown: unknown, agent: string, exchange: HttpExchange): void {
    const audit = this.audit(agent, exchange);
    let id: JsonRpcId = null;
    let format = JSON_RPC_1_0;
    try {
      const body = exchange.jsonBody();
      id = jsonRpcIdOf(body);
      const { method, params } = parseJsonRpcRequest(body);
      format = formatOf(method, requestedVersion(exchange));
      const operation = format.operationOf(method);
      if (operation) audit.asks(operation);
      if (operation && isWorthReading(exchange.request.body)) {
        audit.asks(operation, format.readRequest(operation, params));
      }
    } catch (error) {
      void error; // Whatever is wrong with the request besides, this is the answer.
    }
    this.replyError(thrown, { id, format, exchange, audit });
  }

  /** Answers an error, also one that was thrown before the request was read. */
  replyError(
    thrown: unknown,
    {
      id = null,
      format = JSON_RPC_1_0,
      exchange,
      audit,
    }: Partial<Answering> & Pick<Answering, 'exchange'>,
  ): void {
    const error = this.errors.report(thrown);
    audit?.fail(error);
    exchange.reply(errorResponse(format.error(error), id), {
      status: JSON_RPC_ERRORS[error.code].httpStatus,
      mediaType: MEDIA_TYPE,
      headers: this.errors.headers(error, exchange),
    });
  }

  private audit(agent: string, { request }: HttpExchange): AuditEntry {
    return this.calls.audit({ agent, binding: 'JSONRPC', request });
  }

  private async answer(
    { agent, operation, params }: Asked,
    answering: AnsweringOperation,
  ): Promise<void> {
    const { exchange, format, audit } = answering;
    audit.asks(operation);
    const call = await this.calls.create({
      ...httpFacts(exchange),
      agent,
      protocolVersion: format.version,
      tenant: namedTenant(params),
      audit,
    });
    const headers = extensionHeaders(call, exchange);
    const requested = { operation, params, call, format, audit };
    const outcome = await carryOut(this.operations, requested);
    if ('items' in outcome) {
      const encoding = this.encoding(answering);
      const timing = { clock: this.clock, ...this.options.sse };
      const { items } = outcome;
      return replySse(exchange, { items, encoding, timing, headers });
    }
    const resultJson = format.answer(operation, outcome.result);
    exchange.reply(successResponse(resultJson, answering.id), {
      status: 200,
      mediaType: MEDIA_TYPE,
      headers,
    });
  }

  private encoding({
    id,
    format,
    noteFailure,
  }: AnsweringOperation): SseEncoding<StreamItem> {
    return {
      id: ({ seq }) => seq,
      data: (item) => successResponse(format.event(item), id),
      error: (thrown) => {
        noteFailure(thrown);
        return errorResponse(format.error(this.errors.report(thrown)), id);
      },
    };
  }
}

/** A response around a result that is JSON already: it is not serialised again. */
function successResponse(resultJson: string, id: JsonRpcId): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${resultJson}}`;
}

function errorResponse(error: object, id: JsonRpcId): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error });
}
