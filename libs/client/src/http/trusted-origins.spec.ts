import { trustedOriginsOf } from './trusted-origins.js';

describe('trustedOriginsOf', () => {
  it('is the origin of the URL, and nothing beside it', () => {
    expect(trustedOriginsOf('https://agents.example.com/a?b=c')).toEqual([
      'https://agents.example.com',
    ]);
  });

  it('takes the names of this machine for one, on the same port', () => {
    const names = [
      'http://localhost:8000',
      'http://127.0.0.1:8000',
      'http://[::1]:8000',
    ];
    for (const name of names) {
      expect(trustedOriginsOf(`${name}/agent`)).toEqual(names);
    }
  });

  it.each(['http://127.0.0.2:8000', 'http://10.0.0.1', 'http://local.test'])(
    'leaves %s alone',
    (origin) => expect(trustedOriginsOf(origin)).toEqual([origin]),
  );
});
