import { type Operation } from '@nest-a2a/protocol';
import { type GrpcProcedure } from '@nest-a2a/protocol/grpc';
import {
  type AnswerLimits,
  type BindingCall,
  type ClientBinding,
  type StreamFrame,
} from '../bindings/client-binding.js';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { callOnce, callStream } from './grpc-call.js';
import { type GrpcChannel } from './grpc-channel.js';
import { type GrpcWire, procedureFor } from './grpc-wire.js';

/** How a {@link GrpcBinding} calls its agent. */
export interface GrpcBindingSettings extends AnswerLimits {
  readonly wire: GrpcWire;
  readonly tenant?: string | undefined;
  readonly isTrusted: boolean;
}

/** gRPC (A2A §10): a procedure for each operation, the tenant is a field of its request. */
export class GrpcBinding implements ClientBinding {
  readonly isTrusted: boolean;

  constructor(
    private readonly channel: GrpcChannel,
    private readonly settings: GrpcBindingSettings,
  ) {
    this.isTrusted = settings.isTrusted;
  }

  async call(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<unknown> {
    const { wire, maxResponseBytes, streamIdleMs } = this.settings;
    const { procedure, message } = this.prepare(operation, request);
    const answer = await callOnce(await this.channel.client(call.signal), {
      ...call,
      path: procedure.path,
      message,
      maxBytes: maxResponseBytes,
      streamIdleMs,
      tooLarge: () => tooLarge('response-too-large', maxResponseBytes),
    });
    return wire.fromResult(operation, procedure.decodeResponse(answer));
  }

  async open(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<AsyncIterable<StreamFrame>> {
    const { maxEventBytes, streamIdleMs } = this.settings;
    const { procedure, message } = this.prepare(operation, request);
    const events = await callStream(await this.channel.client(call.signal), {
      ...call,
      path: procedure.path,
      message,
      maxBytes: maxEventBytes,
      streamIdleMs,
      tooLarge: () => tooLarge('event-too-large', maxEventBytes),
    });
    return this.framesOf(events, procedure);
  }

  private async *framesOf(
    events: AsyncIterable<Buffer>,
    procedure: GrpcProcedure,
  ): AsyncGenerator<StreamFrame> {
    const { wire } = this.settings;
    for await (const event of events) {
      const value = wire.fromEvent(procedure.decodeResponse(event));
      yield { id: undefined, value };
    }
  }

  close(): Promise<void> {
    return this.channel.close();
  }

  private prepare(
    operation: Operation,
    request: object,
  ): { procedure: GrpcProcedure; message: Uint8Array } {
    const { wire, tenant } = this.settings;
    const content = wire.toMessage(operation, {
      ...(tenant !== undefined && { tenant }),
      ...request,
    });
    const procedure = procedureFor(wire, operation);
    return { procedure, message: procedure.encodeRequest(content) };
  }
}

function tooLarge(
  code: 'response-too-large' | 'event-too-large',
  maxBytes: number,
): A2AClientError {
  const what = code === 'event-too-large' ? 'An event' : 'The answer';
  return new A2AClientError(code, `${what} is larger than ${maxBytes} bytes`);
}
