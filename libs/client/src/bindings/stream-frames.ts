import {
  type A2AError,
  fromHttpErrorBody,
  fromJsonRpcError,
  isJsonObject,
} from '@nest-a2a/protocol';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { type HttpResponse } from '../http/http-transport.js';
import { readSseEvents, type SseEvent } from '../sse/sse-parser.js';
import { untilSilent } from '../streams/until-silent.js';
import { type AnswerLimits, type StreamFrame } from './client-binding.js';

type ReadHttpError = (httpStatus: number, error: unknown) => A2AError;

/**
 * Reads the frames of an event stream. An error in it ends it, in whichever of
 * the forms that agents use: with the event type `error` or without, wrapped in
 * `error` or bare, in the manner of JSON-RPC or of HTTP+JSON.
 *
 * @param fromHttpError reads an error in the manner of HTTP+JSON
 */
export async function* readFrames(
  response: HttpResponse,
  { maxEventBytes, streamIdleMs: idleMs }: AnswerLimits,
  fromHttpError: ReadHttpError = fromHttpErrorBody,
): AsyncGenerator<StreamFrame> {
  const leave = (reason: Error) => response.leave(reason);
  const alive = untilSilent(response.body, { idleMs, leave });
  for await (const event of readSseEvents(alive, maxEventBytes)) {
    const value = parseData(event);
    const wrapped = isJsonObject(value) ? value.error : undefined;
    if (isJsonObject(wrapped)) {
      throw fromErrorFrame(wrapped, fromHttpError);
    }
    if (event.type === 'error') {
      throw fromErrorFrame(isJsonObject(value) ? value : {}, fromHttpError);
    }
    yield { id: event.id, value };
  }
}

/** A stream of the one event that an agent answered in place of a stream. */
export async function* oneFrame(value: unknown): AsyncGenerator<StreamFrame> {
  yield { id: undefined, value };
}

function parseData({ data, type, isCut }: SseEvent): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch (cause) {
    if (type === 'error') {
      return undefined;
    }
    if (isCut) {
      throw new A2AClientError(
        'connection-failed',
        'The stream broke off in the middle of an event',
        { cause },
      );
    }
    throw new A2AClientError(
      'invalid-response',
      'An event of the stream is not JSON',
      { cause },
    );
  }
}

/** The codes of JSON-RPC are negative, those of HTTP are not. */
function fromErrorFrame(
  error: Record<string, unknown>,
  fromHttpError: ReadHttpError,
): A2AError {
  const code = Number(error.code);
  return code < 0
    ? fromJsonRpcError(error)
    : fromHttpError(Number.isInteger(code) ? code : 500, error);
}
