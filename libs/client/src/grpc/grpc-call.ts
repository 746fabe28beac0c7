import {
  type Client,
  type ClientReadableStream,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { untilSilent } from '../streams/until-silent.js';
import { type CallFacts, fromServiceError } from './grpc-failure.js';

/** A call of one procedure. */
export interface GrpcCall {
  readonly path: string;
  /** The bytes of the request. */
  readonly message: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Of an answer, or of one message of a stream. */
  readonly maxBytes: number;
  readonly tooLarge: CallFacts['tooLarge'];
  /** Of a stream: milliseconds without a message. */
  readonly streamIdleMs: number;
}

/** Calls a procedure that answers once. @throws A2AError, A2AClientError */
export async function callOnce(
  client: Client,
  call: GrpcCall,
): Promise<Buffer> {
  const { path, message, headers, signal } = call;
  let hasHeaders = false;
  let cancel: () => void = () => undefined;
  try {
    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      const running = client.makeUnaryRequest(
        path,
        toBuffer,
        asIs,
        message,
        toMetadata(headers),
        (error, received) => (error ? reject(error) : resolve(received)),
      );
      running.once('metadata', () => (hasHeaders = true));
      cancel = () => running.cancel();
      signal.addEventListener('abort', cancel);
    });
    return sized(answer ?? Buffer.alloc(0), call);
  } catch (error) {
    throw toFailure(error, call, hasHeaders);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/**
 * Calls a procedure that answers with a stream, and resolves when the answer
 * begins. Messages are taken from the connection as they are taken from the
 * iterable, but for a few in between. Leaving early cancels the call.
 *
 * @throws A2AError, A2AClientError
 */
export async function callStream(
  client: Client,
  call: GrpcCall,
): Promise<AsyncGenerator<Buffer>> {
  const { path, message, headers, signal } = call;
  const stream = client.makeServerStreamRequest(
    path,
    toBuffer,
    asIs,
    message,
    toMetadata(headers),
  );
  const running: RunningStream = { stream, failures: [], hasHeaders: false };
  // Without a listener an error that nobody waits for any more ends the process.
  stream.on('error', (error) => running.failures.push(error));
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel);
  stream.once('close', () => signal.removeEventListener('abort', cancel));
  await new Promise<void>((resolve) => {
    stream.once('metadata', () => {
      running.hasHeaders = true;
      resolve();
    });
    for (const end of ['error', 'end', 'close']) stream.once(end, resolve);
  });
  const [failure] = running.failures;
  if (failure) {
    stream.cancel();
    throw toFailure(failure, call, running.hasHeaders);
  }
  return messagesOf(running, call);
}

interface RunningStream {
  readonly stream: ClientReadableStream<Buffer>;
  readonly failures: Error[];
  hasHeaders: boolean;
}

async function* messagesOf(
  running: RunningStream,
  call: GrpcCall,
): AsyncGenerator<Buffer> {
  const { stream, failures } = running;
  const leave = () => stream.cancel();
  const messages = untilSilent(stream as AsyncIterable<Buffer>, {
    idleMs: call.streamIdleMs,
    leave,
  });
  try {
    for await (const received of messages) {
      yield sized(received, call);
    }
    const [failure] = failures;
    if (failure) throw failure;
  } catch (error) {
    throw toFailure(error, call, running.hasHeaders);
  } finally {
    stream.cancel();
  }
}

function sized(message: Buffer, { maxBytes, tooLarge }: GrpcCall): Buffer {
  if (message.byteLength > maxBytes) {
    throw tooLarge();
  }
  return message;
}

function toFailure(error: unknown, call: GrpcCall, hasHeaders: boolean): Error {
  return isServiceError(error)
    ? fromServiceError(error, { ...call, hasHeaders })
    : (error as Error);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && 'details' in error;
}

/** gRPC metadata have names in lower case; the values are text. */
function toMetadata(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) {
    metadata.set(name, value);
  }
  return metadata;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
