import { type LookupAddress, type LookupOptions } from 'node:dns';
import { createPinnedLookup, type ResolvedAddress } from './pinned-lookup.js';

interface Answer {
  readonly error: Error | null;
  readonly address: string | LookupAddress[];
  readonly family: number | undefined;
}

function ask(
  resolve: () => Promise<readonly ResolvedAddress[]>,
  options: LookupOptions = { all: true },
): Promise<Answer> {
  const isAllowed = (address: string) => address.startsWith('8.');
  const lookup = createPinnedLookup(resolve, isAllowed);
  return new Promise((answer) =>
    lookup('a.example', options, (error, address, family) =>
      answer({ error, address, family }),
    ),
  );
}

const PUBLIC = { address: '8.0.0.1', family: 4 };
const PRIVATE = { address: '127.0.0.1', family: 4 };

describe('createPinnedLookup', () => {
  it('gives the socket all checked addresses when it wants all', async () => {
    const other = { address: '8.0.0.2', family: 4 };
    const answer = await ask(async () => [PUBLIC, other]);
    expect(answer).toMatchObject({ error: null, address: [PUBLIC, other] });
  });

  it('gives the first one when the socket wants one', async () => {
    const answer = await ask(async () => [PUBLIC], {});
    expect(answer).toEqual({ error: null, address: '8.0.0.1', family: 4 });
  });

  it.each([
    ['first', [PRIVATE, PUBLIC]],
    ['last', [PUBLIC, PRIVATE]],
  ])(
    'refuses a host with a forbidden address %s (S11)',
    async (_at, records) => {
      const { error } = await ask(async () => records);
      expect(error).toMatchObject({ code: 'address-not-allowed' });
    },
  );

  it('checks addresses that it would not try any more (S11)', async () => {
    const records = [...Array.from({ length: 40 }, () => PUBLIC), PRIVATE];
    const { error } = await ask(async () => records);
    expect(error).toMatchObject({ code: 'address-not-allowed' });
  });

  it('tries at most 16 addresses', async () => {
    const { address } = await ask(async () =>
      Array.from({ length: 40 }, () => PUBLIC),
    );
    expect(address).toHaveLength(16);
  });

  it('finds no host in an empty answer', async () => {
    const { error } = await ask(async () => []);
    expect(error).toMatchObject({ code: 'host-not-found' });
  });

  it('keeps the cause of a failed resolution', async () => {
    const cause = new Error('getaddrinfo ENOTFOUND');
    const { error } = await ask(() => Promise.reject(cause));
    expect(error).toMatchObject({ code: 'host-not-found', cause });
  });
});
