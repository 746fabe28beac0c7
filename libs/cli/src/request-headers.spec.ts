import { requestHeaders } from './request-headers.js';

describe('requestHeaders', () => {
  it('takes them from the command line and from the environment', () => {
    const env = {
      A2A_TOKEN: 't',
      A2A_HEADERS: 'X-Key: k1\n\nX-Team: a: b\r\n',
    };
    expect(requestHeaders(['X-More: 1'], env)).toEqual({
      authorization: 'Bearer t',
      'x-key': 'k1',
      'x-team': 'a: b',
      'x-more': '1',
    });
  });

  it('lets what is nearer count, whatever the case of its name', () => {
    const env = { A2A_TOKEN: 't', A2A_HEADERS: 'Authorization: Basic env' };
    expect(requestHeaders([], env)).toEqual({ authorization: 'Basic env' });
    expect(requestHeaders(['AUTHORIZATION: Basic here'], env)).toEqual({
      authorization: 'Basic here',
    });
  });

  it.each([
    [['secret'], ''],
    [['X: a\nb: secret'], ''],
    [[], 'X: secret\u00e4'],
    [[], 'secret'],
  ])('refuses %j and %j, and shows neither', (given, A2A_HEADERS) => {
    const act = () => requestHeaders(given, { A2A_HEADERS });
    expect(act).toThrow(/must be "Name: value"/);
    expect(act).not.toThrow(/secret/);
  });
});
