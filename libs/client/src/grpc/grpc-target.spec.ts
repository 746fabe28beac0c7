import { parseGrpcTarget } from './grpc-target.js';

describe('parseGrpcTarget', () => {
  it.each([
    ['agent.example:50051', 'https://agent.example:50051'],
    ['agent.example', 'https://agent.example:443'],
    ['AGENT.Example.:50051', 'https://agent.example:50051'],
    ['agent.example:50051/', 'https://agent.example:50051'],
    ['bücher.example:1', 'https://xn--bcher-kva.example:1'],
    ['8.0.0.1:50051', 'https://8.0.0.1:50051'],
    ['[2600::1]:50051', 'https://[2600::1]:50051'],
    ['dns:agent.example:50051', 'https://agent.example:50051'],
    ['dns:///agent.example:50051', 'https://agent.example:50051'],
    ['DNS:///agent.example', 'https://agent.example:443'],
    ['https://agent.example', 'https://agent.example:443'],
    ['https://agent.example:50051/', 'https://agent.example:50051'],
    ['GRPCS://agent.example:50051', 'https://agent.example:50051'],
    ['grpcs://localhost:50051', 'https://localhost:50051'],
  ])('reads %s, with TLS', (url, origin) => {
    expect(parseGrpcTarget(url)).toMatchObject({ origin, isSecure: true });
  });

  it.each([
    ['grpc://agent.example:50051', 'http://agent.example:50051'],
    ['HTTP://Agent.example', 'http://agent.example:80'],
    ['grpc://agent.example:443', 'http://agent.example:443'],
    ['localhost:50051', 'http://localhost:50051'],
    ['LOCALHOST:50051', 'http://localhost:50051'],
    ['127.0.0.1:50051', 'http://127.0.0.1:50051'],
    ['127.1.2.3:50051', 'http://127.1.2.3:50051'],
    ['[::1]:50051', 'http://[::1]:50051'],
    ['dns:///localhost:50051', 'http://localhost:50051'],
  ])('reads %s, without TLS', (url, origin) => {
    expect(parseGrpcTarget(url)).toMatchObject({ origin, isSecure: false });
  });

  it.each(['127.0.0.1.example:1', 'localhost.example:1', '128.0.0.1:1'])(
    'takes %s for another machine',
    (url) => expect(parseGrpcTarget(url)).toMatchObject({ isSecure: true }),
  );

  it('sees a number that is an address of this machine', () => {
    expect(parseGrpcTarget('2130706433:50051')).toEqual({
      origin: 'http://127.0.0.1:50051',
      hostname: '127.0.0.1',
      port: 50_051,
      isSecure: false,
    });
  });

  it('does what it is told about TLS', () => {
    expect(parseGrpcTarget('grpc://agent.example', true)?.origin).toBe(
      'https://agent.example:443',
    );
  });

  it.each([
    '',
    'unix:/var/run/agent.sock',
    'ftp://agent.example:50051',
    'dns://8.8.8.8/agent.example:50051',
    'https://agent.example/a2a',
    'agent.example:50051?x=y',
    'agent.example:50051#x',
    'user:secret@agent.example:50051',
    'agent.example:port',
    'agent.example:70000',
    'agent example:50051',
    '[::1',
    'a.example:1\\@b.example',
  ])('does not know %j', (url) => {
    expect(parseGrpcTarget(url)).toBeUndefined();
  });
});
