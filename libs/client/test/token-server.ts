import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from './scripted-agent.js';

/** A request for a token as it came over the wire. */
export interface SeenTokenRequest {
  authorization: string | undefined;
  contentType: string | undefined;
  form: Record<string, string>;
}

/** An authorization server that answers what a test tells it: by default a token that nobody had before. */
export class TokenServer {
  readonly requests: SeenTokenRequest[] = [];
  readonly url: string;
  script: (response: ServerResponse) => unknown = (response) =>
    json(response, this.token());

  private constructor(private readonly server: Server) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}/token`;
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        this.requests.push({
          authorization: request.headers.authorization,
          contentType: request.headers['content-type'],
          form: Object.fromEntries(new URLSearchParams(text)),
        });
        this.script(response);
      });
    });
  }

  static async start(): Promise<TokenServer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new TokenServer(server);
  }

  get origin(): string {
    return new URL(this.url).origin;
  }

  /** The answer with the token of this request: `token-1`, `token-2` ... */
  token(more: object = {}): object {
    const access_token = `token-${this.requests.length}`;
    return { access_token, token_type: 'Bearer', expires_in: 3_600, ...more };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
