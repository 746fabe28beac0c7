import {
  ROUTES,
  subscribeByGet,
  toRestRequest,
  V03_ROUTES,
} from './http-json-routes.js';

const BASE = { url: 'https://agent.example/a2a' };

describe('toRestRequest', () => {
  it('puts path fields into the path, the rest into the body of a POST', () => {
    const request = { id: 't1', metadata: { a: 1 } };
    expect(toRestRequest(ROUTES.CancelTask, request, BASE)).toEqual({
      method: 'POST',
      url: 'https://agent.example/a2a/tasks/t1:cancel',
      body: '{"metadata":{"a":1}}',
    });
  });

  it('puts the rest of a GET into the query, never into a body (A2A §11.5)', () => {
    const query = {
      contextId: 'a b&c',
      status: 'TASK_STATE_WORKING',
      historyLength: 0,
      includeArtifacts: false,
      statusTimestampAfter: '2026-01-02T03:04:05.678Z',
    };
    expect(toRestRequest(ROUTES.ListTasks, query, BASE)).toEqual({
      method: 'GET',
      url:
        'https://agent.example/a2a/tasks?contextId=a%20b%26c&status=TASK_STATE_WORKING' +
        '&historyLength=0&includeArtifacts=false&statusTimestampAfter=2026-01-02T03%3A04%3A05.678Z',
    });
  });

  it('encodes ids, so that one cannot leave its segment', () => {
    const { url } = toRestRequest(ROUTES.GetTask, { id: '../a/b?c#d' }, BASE);
    expect(url).toBe('https://agent.example/a2a/tasks/..%2Fa%2Fb%3Fc%23d');
    expect(new URL(url).href).toBe(url);
  });

  it.each(['.', '..', '\ud800'])('refuses the id %j', (id) => {
    expect(() => toRestRequest(ROUTES.GetTask, { id }, BASE)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS' }),
    );
  });

  it('puts the tenant before the route', () => {
    const base = { ...BASE, tenant: 'acme/eu' };
    expect(toRestRequest(ROUTES.ListTasks, {}, base).url).toBe(
      'https://agent.example/a2a/acme%2Feu/tasks',
    );
  });

  it.each([
    ['https://agent.example', 'https://agent.example/tasks'],
    ['https://agent.example/', 'https://agent.example/tasks'],
    ['https://agent.example/a/', 'https://agent.example/a/tasks'],
    ['https://agent.example/a?k=v', 'https://agent.example/a/tasks?k=v'],
    ['https://agent.example/a?', 'https://agent.example/a/tasks'],
  ])('joins %s with a route', (url, joined) => {
    expect(toRestRequest(ROUTES.ListTasks, {}, { url }).url).toBe(joined);
  });

  it('adds its query to one of the interface', () => {
    const base = { url: 'https://agent.example/a?k=v' };
    expect(
      toRestRequest(ROUTES.GetTask, { id: 't', historyLength: 2 }, base).url,
    ).toBe('https://agent.example/a/tasks/t?k=v&historyLength=2');
  });

  it('subscribes by GET without a body', () => {
    const ofV1 = subscribeByGet(ROUTES);
    expect(toRestRequest(ofV1, { id: 't1' }, BASE)).toEqual({
      method: 'GET',
      url: 'https://agent.example/a2a/tasks/t1:subscribe',
    });
    const ofV03 = subscribeByGet(V03_ROUTES);
    expect(toRestRequest(ofV03, { id: 't1' }, BASE)).toEqual({
      method: 'GET',
      url: 'https://agent.example/a2a/v1/tasks/t1:subscribe',
    });
  });
});
