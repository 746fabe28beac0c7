import { readSettings } from '../../apps/conformance-agent/src/settings.js';
import { allEvents, BINDINGS, brief, sendParams } from '../support/a2a-http.js';
import {
  cardOf,
  type ConformanceAgent,
  startConformance,
} from '../support/conformance-agent.js';
import { expectRefusal } from '../support/refusals.js';

describe('the capabilities of the conformance agent', () => {
  let agent: ConformanceAgent | undefined;

  afterEach(() => agent?.app.close());

  it.each(['full', undefined])('are all there with CAPS %s', async (caps) => {
    agent = await startConformance(caps);
    const { capabilities, defaultInputModes, supportedInterfaces } =
      await cardOf(agent);
    expect(capabilities).toMatchObject({
      streaming: true,
      pushNotifications: true,
      extendedAgentCard: true,
      extensions: [{ uri: 'urn:nest-a2a:webhook-keys:v1' }],
    });
    const urls = supportedInterfaces
      .filter((one: any) => one.protocolBinding === 'GRPC')
      .map(({ url }: any) => url);
    expect(urls.length).toBeGreaterThan(0);
    urls.forEach((url: string) => expect(url).toMatch(/^[\w.]+:\d+$/));
    expect(defaultInputModes).toEqual([
      'text/plain',
      'application/json',
      'application/octet-stream',
    ]);
  });

  it('are none with CAPS min', async () => {
    agent = await startConformance('min');
    const { capabilities } = await cardOf(agent);
    expect(capabilities).toEqual({
      streaming: false,
      pushNotifications: false,
    });
    for (const binding of BINDINGS) {
      const call = (operation: string, params: object) =>
        binding.call(agent?.url ?? '', operation, params);
      const streamed = await call('SendStreamingMessage', sendParams('hi'));
      expectRefusal(binding, streamed, 'UNSUPPORTED_OPERATION');
      const config = { taskId: 'x', url: 'http://127.0.0.1:9/hook' };
      const created = await call('CreateTaskPushNotificationConfig', config);
      expectRefusal(binding, created, 'PUSH_NOTIFICATION_NOT_SUPPORTED');
      const card = await call('GetExtendedAgentCard', {});
      expectRefusal(binding, card, 'UNSUPPORTED_OPERATION');
    }
  });

  it('need an extension with CAPS ext', async () => {
    agent = await startConformance('ext');
    const { url } = agent;
    const uri = 'urn:a2a:tck:required-extension';
    const { capabilities } = await cardOf(agent);
    expect(capabilities).toMatchObject({
      streaming: true,
      pushNotifications: true,
      extendedAgentCard: true,
      extensions: [
        { uri, required: true },
        { uri: 'urn:nest-a2a:webhook-keys:v1' },
      ],
    });
    for (const binding of BINDINGS) {
      const refused = await binding.call(url, 'SendMessage', sendParams('hi'));
      expectRefusal(binding, refused, 'EXTENSION_SUPPORT_REQUIRED');
      const operation = 'SendStreamingMessage';
      const headers = { 'A2A-Extensions': uri };
      const params = sendParams('hi');
      const opened = await binding.open(url, operation, params, { headers });
      expect(opened.headers.get('A2A-Extensions')).toBe(uri);
      const events = await allEvents(opened);
      const states = events.map((one) => brief(binding.response(one)));
      expect(states.at(-1)).toBe('COMPLETED');
    }
  });
});

describe('the environment of the conformance agent', () => {
  it('may be empty', () => {
    expect(readSettings({})).toEqual({
      profile: 'full',
      port: 9999,
      grpcPort: 9998,
      runtime: 'memory',
    });
  });

  it('says all of it', () => {
    const env = { CAPS: 'ext', PORT: '1', GRPC_PORT: '2', RUNTIME: 'memory' };
    const settings = {
      profile: 'ext',
      port: 1,
      grpcPort: 2,
      runtime: 'memory',
    };
    expect(readSettings(env)).toEqual(settings);
  });

  it.each([
    [{ CAPS: 'maximal' }, 'CAPS must be one of: full, min, ext'],
    [{ PORT: 'http' }, 'PORT must be a port'],
    [{ GRPC_PORT: '70000' }, 'GRPC_PORT must be a port'],
  ])('must not be %j', (env, message) => {
    expect(() => readSettings(env)).toThrow(new TypeError(message));
  });
});
