import { readProxy } from './egress-proxy.js';

describe('readProxy', () => {
  it('reads where the proxy is, with the port of its scheme where it names none', () => {
    expect(readProxy({ url: 'http://Proxy.example:3128' })).toMatchObject({
      isTls: false,
      host: 'proxy.example',
      port: 3_128,
      headers: {},
    });
    expect(readProxy({ url: 'https://proxy.example/' })).toMatchObject({
      isTls: true,
      port: 443,
      servername: 'proxy.example',
    });
    expect(readProxy({ url: 'http://[::1]' })).toMatchObject({
      host: '::1',
      port: 80,
      servername: '',
    });
  });

  it.each([
    'proxy.example:3128',
    'socks5://proxy.example',
    'http://user:secret@proxy.example',
    'http://proxy.example/secret',
    'http://proxy.example/?secret',
    '',
  ])('refuses the url %j and does not repeat it', (url) => {
    expect(() => readProxy({ url })).toThrow(TypeError);
    expect(() => readProxy({ url })).not.toThrow('secret');
  });

  it.each(['Basic secret\r\nX: y', 'Basic sécret', ' Basic secret'])(
    'refuses the authorization %j and does not repeat it',
    (authorization) => {
      const proxy = { url: 'http://proxy.example', authorization };
      expect(() => readProxy(proxy)).toThrow(TypeError);
      expect(() => readProxy(proxy)).not.toThrow('secret');
    },
  );
});
