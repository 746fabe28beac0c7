import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What npm sends to publish a version. */
interface Publication {
  readonly name: string;
  readonly access: string;
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly versions: Readonly<
    Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>
  >;
}

/** Takes packages as the npm registry does, and keeps them. */
export class FakeRegistry {
  /** In the order in which they came. */
  readonly published: Publication[] = [];
  /** Names that it takes nothing for. */
  readonly refused = new Set<string>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const name = decodeURIComponent(request.url?.slice(1) ?? '');
      const answer = (status: number, body: unknown) =>
        response.writeHead(status).end(JSON.stringify(body));
      if (request.method !== 'PUT') {
        const [found] = this.published.filter((one) => one.name === name);
        answer(found ? 200 : 404, found ?? { error: 'not found' });
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (this.refused.has(name)) return answer(403, { error: 'not yours' });
        const text = Buffer.concat(chunks).toString('utf8');
        this.published.push(JSON.parse(text) as Publication);
        return answer(201, { ok: true });
      });
    });
  }

  async open(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
