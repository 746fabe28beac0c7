import { status } from '@grpc/grpc-js';
import { type Operation, type StreamResponse } from '@nest-a2a/protocol';
import { GrpcCallError, GrpcClient } from '../../support/grpc-client.js';
import {
  type CallAnswer,
  type StreamOptions,
  StreamRefused,
  type WireClient,
  type WireFrame,
  type WireRequest,
} from './wire-client.js';

/** Codes that say nothing about whether the call took effect. */
const UNKNOWN_CODES = [
  status.UNAVAILABLE,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.UNKNOWN,
];
/** The longest that a call may take, milliseconds; streams take as long as they like. */
const DEADLINE_MS = 10_000;

/** A2A over gRPC. A channel for each call: one for all would stay with one instance. */
export class GrpcWireClient implements WireClient {
  readonly binding = 'GRPC' as const;

  constructor(private readonly address: string) {}

  async call(
    operation: string,
    { tenant, params }: WireRequest,
  ): Promise<CallAnswer> {
    const client = new GrpcClient(this.address);
    try {
      const request = { tenant, ...params };
      const { body } = await client.call(operation as Operation, request, {
        deadlineMs: DEADLINE_MS,
      });
      return { outcome: 'ok', result: body as Record<string, unknown> };
    } catch (error) {
      return { outcome: outcomeOf(error), error: String(error) };
    } finally {
      client.close();
    }
  }

  async *open(
    operation: string,
    { tenant, params }: WireRequest,
    { signal }: StreamOptions,
  ): AsyncGenerator<WireFrame, void, undefined> {
    const client = new GrpcClient(this.address);
    signal.addEventListener('abort', () => client.close(), { once: true });
    let hasBegun = false;
    try {
      const request = { tenant, ...params };
      for await (const response of client.open(
        operation as Operation,
        request,
      )) {
        hasBegun = true;
        yield { response: response as StreamResponse };
      }
    } catch (error) {
      throw hasBegun
        ? error
        : new StreamRefused(outcomeOf(error), String(error));
    } finally {
      client.close();
    }
  }
}

function outcomeOf(error: unknown): 'refused' | 'unknown' {
  const isKnown =
    error instanceof GrpcCallError &&
    !UNKNOWN_CODES.includes(error.status.code);
  return isKnown ? 'refused' : 'unknown';
}
