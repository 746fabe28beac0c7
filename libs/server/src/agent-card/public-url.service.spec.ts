import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server } from 'node:net';
import { type HttpAdapterHost } from '@nestjs/core';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { PublicUrl } from './public-url.service.js';

describe('the URL of an application that does not say its own', () => {
  let server: Server;

  function urlOf(listening: Server): string {
    server = listening;
    const host = { httpAdapter: { getHttpServer: () => server } };
    const options = { trustProxy: false } as ResolvedOptions;
    const publicUrl = new PublicUrl(host as HttpAdapterHost, options);
    return publicUrl.of({ headers: { host: 'evil.example' } });
  }

  const listen = (one: Server, address?: string) =>
    new Promise<Server>((resolve) => {
      one.listen(0, address, () => resolve(one));
    });

  const port = () => (server.address() as AddressInfo).port;

  afterEach(() => server.close());

  it.each([undefined, '0.0.0.0', '127.0.0.1'])(
    'is that of this machine where it listens on %s',
    async (address) => {
      const url = urlOf(await listen(createHttpServer(), address));
      expect(url).toBe(`http://localhost:${port()}`);
    },
  );

  it('is the address where it listens on no other', async () => {
    const url = urlOf(await listen(createHttpServer(), '127.0.0.3'));
    expect(url).toBe(`http://127.0.0.3:${port()}`);
  });

  it('is one of https where the server speaks that', async () => {
    const url = urlOf(await listen(createHttpsServer()));
    expect(url).toBe(`https://localhost:${port()}`);
  });

  it('has no port where the server has none', () => {
    expect(urlOf(createHttpServer())).toBe('http://localhost');
  });
});
