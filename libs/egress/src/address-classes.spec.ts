import { classifyAddress, isInRange, parseAddress } from './address-classes.js';

describe('classifyAddress', () => {
  it.each([
    '93.184.216.34',
    '8.8.8.8',
    '100.63.255.255',
    '172.32.0.1',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
  ])('calls %s public', (address) => {
    expect(classifyAddress(address)).toBe('public');
  });

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
  ])('calls %s private', (address) => {
    expect(classifyAddress(address)).toBe('private');
  });

  it.each([
    ['unspecified', '0.0.0.0'],
    ['unspecified', '0.1.2.3'],
    ['unspecified', '::'],
    ['link-local with cloud metadata', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['site-local', 'fec0::1'],
    ['broadcast', '255.255.255.255'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['reserved', '240.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['benchmarking', '198.18.0.1'],
    ['Alibaba Cloud metadata (S6)', '100.100.100.200'],
    ['Azure host endpoint (S6)', '168.63.129.16'],
    ['AWS metadata (S6)', 'fd00:ec2::254'],
    ['AWS pod identity', 'fd00:ec2::23'],
    ['Google Cloud metadata', 'fd20:ce::254'],
    ['Oracle Cloud metadata (S6)', '192.0.0.192'],
    ['IPv4-compatible (S4)', '::127.0.0.1'],
    ['IPv4-compatible of a public address (S4)', '::8.8.8.8'],
    ['NAT64 (S5)', '64:ff9b::a9fe:a9fe'],
    ['local-use NAT64 (S5)', '64:ff9b:1::a9fe:a9fe'],
    ['6to4 (S5)', '2002:a9fe:a9fe::'],
    ['Teredo (S5)', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['discard-only', '100::1'],
    ['next to discard-only', '100:0:0:1::1'],
    ['segment routing', '5f00::1'],
    ['unassigned', '4000::1'],
    ['mapped metadata', '::ffff:169.254.169.254'],
  ])('calls %s %s forbidden', (_kind, address) => {
    expect(classifyAddress(address)).toBe('forbidden');
  });

  it.each([
    '',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '8.8.8.8/32',
    ' 8.8.8.8',
    '2606:4700:4700::1111%eth0',
    '[2606:4700:4700::1111]',
  ])('calls %j forbidden: it is no address in its usual spelling', (text) => {
    expect(classifyAddress(text)).toBe('forbidden');
  });
});

it('never finds an address in a range of the other family', () => {
  const address = parseAddress('10.0.0.1');
  const network = parseAddress('::');
  if (!address || !network) {
    throw new Error('both are addresses');
  }
  expect(isInRange(address, [network, 0])).toBe(false);
});
