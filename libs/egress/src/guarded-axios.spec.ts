import {
  createServer as createHttpServer,
  request as httpRequest,
} from 'node:http';
import { Agent } from 'node:http';
import axios, { type AxiosRequestConfig } from 'axios';
import { isEgressError } from './egress-error.js';
import { type EgressPolicy } from './egress-policy.js';
import { SocketLab, type Listener } from '../test/socket-lab.js';

const DEVELOPMENT: EgressPolicy = {
  allowHttp: true,
  allowPrivateNetworks: true,
};

let lab: SocketLab;
let forbidden: Listener;

beforeEach(async () => {
  lab = new SocketLab();
  forbidden = await listen();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

function listen(): Promise<Listener> {
  const server = createHttpServer((request, response) =>
    response.end(
      JSON.stringify({ url: request.url, headers: request.headers }),
    ),
  );
  return lab.listen(server);
}

function refuseToWork(): never {
  throw new Error('this transport must not be used');
}

interface Echo {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A client that may not reach `forbidden`, by its address only. */
function strictAxios() {
  const policy = { allowHttp: true, ports: [forbidden.port] };
  return lab.guarded({ policy }).axios;
}

const attempt = (config: AxiosRequestConfig) =>
  strictAxios().request({
    url: `http://127.0.0.1:${forbidden.port}/`,
    ...config,
  });

describe('the guarded axios instance', () => {
  it.each<[string, () => AxiosRequestConfig]>([
    ['another adapter', () => ({ adapter: 'fetch' })],
    ['an adapter of its own', () => ({ adapter: axios.getAdapter('http') })],
    [
      'a base URL',
      () => ({ baseURL: `http://127.0.0.1:${forbidden.port}`, url: '/x' }),
    ],
    [
      'a base URL before an absolute URL',
      () => ({
        baseURL: `http://127.0.0.1:${forbidden.port}`,
        url: 'https://a.example/',
        allowAbsoluteUrls: false,
      }),
    ],
    [
      'other agents',
      () => ({ httpAgent: new Agent(), httpsAgent: new Agent() }),
    ],
    ['another transport', () => ({ transport: { request: httpRequest } })],
    [
      'a proxy',
      () => ({
        proxy: { host: '127.0.0.1', port: forbidden.port },
        url: 'http://a.internal/',
      }),
    ],
    ['HTTP/2', () => ({ httpVersion: 2 })],
  ])('is not led around the guard by %s', async (_what, config) => {
    await expect(attempt(config())).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
    expect(forbidden.connections).toBe(0);
  });

  it.each<[string, AxiosRequestConfig]>([
    ['a lookup', { lookup: () => Promise.resolve('127.0.0.1') }],
    ['a proxy', { proxy: { host: '127.0.0.1', port: 1 } }],
    ['a socket path', { socketPath: '/var/run/docker.sock' }],
    ['the HTTP/2 sessions', { httpVersion: 2 }],
    ['the transport', { transport: { request: refuseToWork } }],
  ])('does not use %s of the request', async (_what, config) => {
    const client = lab.guarded({
      policy: { ...DEVELOPMENT, ports: [forbidden.port] },
      resolve: () => Promise.reject(new Error('asked the guarded resolver')),
    });
    const url = `http://hook.example:${forbidden.port}/`;
    const request = client.axios.get(url, config);
    await expect(request).rejects.toMatchObject({ code: 'host-not-found' });
    expect(forbidden.connections).toBe(0);
  });

  it('judges the URL after all interceptors', async () => {
    const instance = strictAxios();
    instance.interceptors.request.use((config) => ({
      ...config,
      url: `http://127.0.0.1:${forbidden.port}/`,
      adapter: 'fetch',
    }));
    const request = instance.get('https://a.example/');
    await expect(request).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
    expect(forbidden.connections).toBe(0);
  });

  it('refuses the reversed order of interceptors', async () => {
    const transitional = { legacyInterceptorReqResOrdering: false };
    await expect(attempt({ transitional })).rejects.toThrow(TypeError);
    expect(forbidden.connections).toBe(0);
  });

  it('hands the guard to the instances it creates', async () => {
    const child = strictAxios().create({
      baseURL: `http://127.0.0.1:${forbidden.port}`,
      adapter: 'fetch',
    });
    for (const instance of [child, child.create()]) {
      const request = instance.get(`http://127.0.0.1:${forbidden.port}/`, {
        adapter: 'fetch',
      });
      await expect(request).rejects.toMatchObject({
        code: 'address-not-allowed',
      });
    }
    expect(forbidden.connections).toBe(0);
  });

  it('refuses a Host header, which would choose the certificate to accept', async () => {
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const url = `http://127.0.0.1:${forbidden.port}/`;
    const request = instance.get(url, { headers: { hOST: 'a.example' } });
    await expect(request).rejects.toMatchObject({ code: 'header-not-allowed' });
    expect(forbidden.connections).toBe(0);
  });

  it('works as axios does for what is allowed', async () => {
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const { status, data } = await instance.get<Echo>('/a', {
      baseURL: `http://127.0.0.1:${forbidden.port}/base`,
      params: { q: 'x y' },
    });
    expect(status).toBe(200);
    expect(data.url).toBe('/base/a?q=x+y');
    expect(data.headers['accept-encoding']).toBe('identity');
  });

  it('puts the base URL before an absolute URL when it is told to', async () => {
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const { data } = await instance.get<{ url: string }>('http://a.example/', {
      baseURL: `http://127.0.0.1:${forbidden.port}/base`,
      allowAbsoluteUrls: false,
    });
    expect(data.url).toBe('/base/http://a.example/');
  });

  it('sends nothing that the application has set for its own requests', async () => {
    const { common } = axios.defaults.headers;
    common.Authorization = 'Bearer secret';
    axios.defaults.params = { key: 'secret' };
    axios.defaults.auth = { username: 'a', password: 'secret' };
    try {
      const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
      const url = `http://127.0.0.1:${forbidden.port}/x`;
      for (const each of [instance, instance.create({ headers: { a: 'b' } })]) {
        const { data } = await each.get<Echo>(url);
        expect(data.url).toBe('/x');
        expect(data.headers).not.toHaveProperty('authorization');
        expect(data.headers.accept).toBe('application/json, text/plain, */*');
      }
    } finally {
      delete common.Authorization;
      delete axios.defaults.params;
      delete axios.defaults.auth;
    }
  });

  it('has defaults of its own', async () => {
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    instance.defaults.headers.common['X-Mine'] = 'yes';
    const child = instance.create({ headers: { 'X-Child': 'yes' } });
    const url = `http://127.0.0.1:${forbidden.port}/`;
    const { data } = await instance.get<Echo>(url);
    expect(data.headers['x-mine']).toBe('yes');
    const ofChild = await child.get<Echo>(url);
    expect(ofChild.data.headers['x-child']).toBe('yes');
  });

  it('sends the configuration of a response again', async () => {
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const url = `http://127.0.0.1:${forbidden.port}/`;
    const first = await instance.post(url, { a: 1 });
    const second = await instance.request<Echo>(first.config);
    expect(second.data.headers['content-length']).toBe('7');
  });

  it('resolves every status', async () => {
    const server = createHttpServer((_, response) =>
      response.writeHead(503).end(),
    );
    const { port } = await lab.listen(server);
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const { status } = await instance.get(`http://127.0.0.1:${port}/`);
    expect(status).toBe(503);
  });

  it('rejects with our errors, which hold no URL and no header', async () => {
    const gone = await listen();
    await gone.close();
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const url = `http://127.0.0.1:${gone.port}/secret`;
    const error: unknown = await instance.get(url).catch((e: unknown) => e);
    expect(isEgressError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'connection-failed' });
    expect(error).not.toHaveProperty('config');
  });

  it('rejects with a cancellation when the signal is aborted', async () => {
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const signal = AbortSignal.abort();
    const request = instance.get(`http://127.0.0.1:${forbidden.port}/`, {
      signal,
    });
    const error: unknown = await request.catch((reason: unknown) => reason);
    expect(axios.isCancel(error)).toBe(true);
  });

  it('streams a response', async () => {
    const { axios: instance } = lab.guarded({ policy: DEVELOPMENT });
    const url = `http://127.0.0.1:${forbidden.port}/stream`;
    const { data } = await instance.get<AsyncIterable<Buffer>>(url, {
      responseType: 'stream',
    });
    let text = '';
    for await (const chunk of data) {
      text += chunk.toString();
    }
    expect(text).toContain('/stream');
  });
});
