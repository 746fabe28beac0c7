import { type ResolvedAddress } from './pinned-lookup.js';
import { resolveDestination } from './resolve-destination.js';

const PUBLIC = { address: '8.0.0.1', family: 4 };
const PUBLIC_V6 = { address: '2600::1', family: 6 };
const PRIVATE = { address: '10.0.0.7', family: 4 };
const LOOPBACK = { address: '127.0.0.1', family: 4 };
const METADATA = { address: '169.254.169.254', family: 4 };

const answering = (...addresses: ResolvedAddress[]) => ({
  resolve: jest.fn(async () => addresses),
});

describe('resolveDestination', () => {
  it('answers every address of a name', async () => {
    const { resolve } = answering(PUBLIC_V6, PUBLIC);
    expect(await resolveDestination('https://A.example', { resolve })).toEqual([
      PUBLIC_V6,
      PUBLIC,
    ]);
    expect(resolve).toHaveBeenCalledWith('a.example');
  });

  it('refuses a name with one forbidden address', async () => {
    const rules = answering(PUBLIC, PRIVATE);
    await expect(
      resolveDestination('https://a.example', rules),
    ).rejects.toMatchObject({ code: 'address-not-allowed' });
  });

  it.each([
    ['http://a.example', 'scheme-not-allowed'],
    ['https://a.example:50051', 'port-not-allowed'],
    ['https://localhost', 'address-not-allowed'],
    ['https://[::1]', 'address-not-allowed'],
    ['https://169.254.169.254', 'address-not-allowed'],
    ['https://u:p@a.example', 'user-info-not-allowed'],
  ])('refuses %s without a question to the resolver', async (url, code) => {
    const rules = answering(PUBLIC);
    await expect(resolveDestination(url, rules)).rejects.toMatchObject({
      code,
    });
    expect(rules.resolve).not.toHaveBeenCalled();
  });

  it('opens what the policy opens', async () => {
    const rules = {
      ...answering(PRIVATE),
      policy: { allow: ['agent.internal'], ports: [50_051] },
    };
    const url = 'https://agent.internal:50051';
    expect(await resolveDestination(url, rules)).toEqual([PRIVATE]);
  });

  it('lets a trusted origin be anywhere but where it is denied', async () => {
    const url = 'http://a.example:50051';
    const trusted = { ...answering(LOOPBACK), trustedOrigins: [url] };
    expect(await resolveDestination(url, trusted)).toEqual([LOOPBACK]);
    const denied = { ...trusted, policy: { deny: ['127.0.0.0/8'] } };
    await expect(resolveDestination(url, denied)).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
  });

  it.each([
    ['https://8.0.0.1', PUBLIC],
    ['https://[2600::1]', PUBLIC_V6],
  ])('asks nobody for %s', async (url, address) => {
    const rules = answering();
    expect(await resolveDestination(url, rules)).toEqual([address]);
    expect(rules.resolve).not.toHaveBeenCalled();
  });

  it('refuses an address that is denied, of a trusted origin too', async () => {
    const url = 'http://127.0.0.1:50051';
    const rules = {
      trustedOrigins: [url],
      policy: { deny: ['127.0.0.1'] },
    };
    await expect(resolveDestination(url, rules)).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
  });

  it('refuses a name that leads to a metadata service, whatever is open', async () => {
    const rules = {
      ...answering(METADATA),
      policy: { allowPrivateNetworks: true },
    };
    await expect(
      resolveDestination('https://a.example', rules),
    ).rejects.toMatchObject({ code: 'address-not-allowed' });
  });

  it('says so where a name has no address', async () => {
    await expect(
      resolveDestination('https://a.example', answering()),
    ).rejects.toMatchObject({ code: 'host-not-found' });
  });
});
