import {
  type A2AError,
  isJsonObject,
  type Operation,
} from '@nest-a2a/protocol';
import { type Scope } from '@nest-a2a/store';
import { identityOf } from '../access/identity.js';
import { RejectedCredentials } from '../access/refusals.js';
import { toA2AError } from '../bindings/http/to-a2a-error.js';
import { type ItemStream, type StreamItem } from '../operations/stream-item.js';
import { type ServedBinding } from '../options/a2a-module-options.js';
import { type AuditEvent } from './audit-event.js';

/** Callers choose what they name. */
const MAX_LENGTH = 512;

/** A refused request that is larger is not read for the audit log: it cost its sender nothing. */
const MAX_READ_BYTES = 65_536;

/** Whether what was refused is worth reading. */
export function isWorthReading(body: unknown): boolean {
  return !Buffer.isBuffer(body) || body.length <= MAX_READ_BYTES;
}

/** Whom a request is for, and how it came. */
export interface AuditedRequest {
  readonly agent: string;
  readonly binding: ServedBinding;
  /** That of the platform. */
  readonly request: unknown;
}

/** What the audit log will say of one request. It is filled in while the request is answered, and told once. */
export class AuditEntry {
  private operation: Operation | undefined;
  private taskId: string | undefined;
  private scope: Scope | undefined;
  private isTold = false;

  constructor(
    private readonly asked: AuditedRequest,
    private readonly tell: (event: Omit<AuditEvent, 'at'>) => void,
  ) {}

  /**
   * What is asked for.
   *
   * @param request in the form of A2A 1.0, not validated
   */
  asks(operation: Operation, request?: unknown): void {
    this.operation = operation;
    this.taskId = taskIdOfRequest(operation, request);
  }

  /** Who asks, once that is known. */
  by(scope: Scope): void {
    this.scope = scope;
  }

  /** It was done. */
  succeed(answer?: unknown): void {
    this.taskId = taskIdOfAnswer(answer) ?? this.taskId;
    this.end('OK');
  }

  /** A stream of a message: its first event says which task came of it. */
  async *begun(items: ItemStream): AsyncGenerator<StreamItem, void, undefined> {
    try {
      for await (const item of items) {
        if (!this.isTold) this.succeed(item.response);
        yield item;
      }
    } catch (error) {
      this.fail(toA2AError(error));
      throw error;
    } finally {
      this.succeed();
    }
  }

  /** It was refused, or failed. */
  fail({ code, cause }: A2AError): void {
    this.end(
      code,
      cause instanceof RejectedCredentials ? cause.reason : undefined,
    );
  }

  private end(outcome: AuditEvent['outcome'], reason?: string): void {
    if (this.isTold) {
      return;
    }
    this.isTold = true;
    const { agent, binding, request } = this.asked;
    const identity = identityOf(request);
    this.tell({
      agent,
      binding,
      operation: this.operation,
      tenant: short(this.scope?.tenant),
      principal: short(this.scope?.principal ?? identity?.principal),
      scheme: identity?.scheme,
      taskId: short(this.taskId),
      outcome,
      reason: short(reason),
      ip: short(isJsonObject(request) ? request.ip : undefined),
    });
  }
}

function taskIdOfRequest(
  operation: Operation,
  request: unknown,
): string | undefined {
  if (!isJsonObject(request)) {
    return undefined;
  }
  if (operation === 'SendMessage' || operation === 'SendStreamingMessage') {
    const { message } = request;
    return text(isJsonObject(message) ? message.taskId : undefined);
  }
  const isOfTask = ['GetTask', 'CancelTask', 'SubscribeToTask'];
  return text(isOfTask.includes(operation) ? request.id : request.taskId);
}

/** The id of a task or, on a send and in a stream, of what is in one. */
function taskIdOfAnswer(answer: unknown): string | undefined {
  const { task } = isJsonObject(answer) ? answer : {};
  return text(isJsonObject(task) ? task.id : undefined);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Empty is none. */
function short(value: unknown): string | undefined {
  return text(value)?.slice(0, MAX_LENGTH) || undefined;
}
