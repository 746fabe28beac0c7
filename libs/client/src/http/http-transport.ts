import { type IncomingHttpHeaders } from 'node:http';

/** A request to an agent. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Sent exactly as it is, as UTF-8. */
  body?: string;
  /** Fails the request, and its body as long as that is read. */
  signal: AbortSignal;
}

/** A response, as soon as its headers are here. The body must be read or left early, else its socket stays open. */
export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** Leaving it before its end closes the connection. */
  body: AsyncIterable<Uint8Array>;
  /** Closes the connection; whoever reads the body gets the reason. */
  leave(reason: Error): void;
}

/** What carries requests to an agent and their answers back. */
export interface HttpTransport {
  /** Resolves with a response of any status. @throws A2AClientError */
  send(request: HttpRequest): Promise<HttpResponse>;
}
