import {
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';

/** A request as it goes over the wire: nothing is normalised, encoded or added. */
export interface RawRequest {
  /** @default 'POST' */
  readonly method?: string;
  /** @default '/' */
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** A list is sent in chunks, without a length. @default none, and nothing is said about it */
  readonly body?: string | Buffer | readonly Buffer[];
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** No answer for so long is a hang. */
const PATIENCE_MS = 15_000;

/** Sends what `fetch` would refuse or repair. */
export function sendRaw(
  url: string,
  { method = 'POST', path = '/', headers = {}, body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const framing = isWhole(body) && {
    'Content-Length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { ...headers, ...framing },
        signal,
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    // A server may answer, and close, before it has read a large body.
    outgoing.on('error', reject);
    if (isWhole(body)) {
      outgoing.end(body);
    } else {
      // Otherwise Node.js would say that the body has no bytes.
      outgoing.useChunkedEncodingByDefault = body !== undefined;
      body?.forEach((chunk) => outgoing.write(chunk));
      outgoing.end();
    }
  });
}

function isWhole(body: RawRequest['body']): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}
