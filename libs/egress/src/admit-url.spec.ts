import { admitUrl, isAddressAllowed } from './admit-url.js';
import { EgressError, type EgressErrorCode } from './egress-error.js';
import { DEFAULT_EGRESS_POLICY, type EgressPolicy } from './egress-policy.js';

const DEVELOPMENT: EgressPolicy = {
  allowHttp: true,
  allowPrivateNetworks: true,
};

function refusalOf(url: string, policy?: EgressPolicy): EgressError {
  try {
    admitUrl(url, policy);
  } catch (error) {
    if (error instanceof EgressError) {
      return error;
    }
    throw error;
  }
  throw new Error('the URL was admitted');
}

function codeOf(url: string, policy?: EgressPolicy): EgressErrorCode {
  return refusalOf(url, policy).code;
}

describe('admitUrl with the default policy', () => {
  it('returns the canonical parts of a public https URL', () => {
    expect(admitUrl('HTTPS://Hooks.Example.com/a/../b?x=1#frag')).toEqual({
      href: 'https://hooks.example.com/b?x=1',
      origin: 'https://hooks.example.com',
      protocol: 'https:',
      hostname: 'hooks.example.com',
      port: 443,
    });
  });

  it.each(['https://a.example:8443/', 'https://93.184.216.34/'])(
    'admits %s',
    (url) => {
      expect(admitUrl(url).href).toBe(url);
    },
  );

  it.each([
    ['S1', '127.0.0.1'],
    ['S1', '10.0.0.1'],
    ['S1', '172.16.0.1'],
    ['S1', '192.168.0.1'],
    ['S1', '169.254.169.254'],
    ['S2', '2130706433'],
    ['S2', '0x7f.1'],
    ['S2', '0177.0.0.1'],
    ['S2', '127.1'],
    ['S2', '127.0.0.1.'],
    ['S2', '\uff11\uff12\uff17.0.0.1'],
    ['S2', '127\u30020\u30020\u30021'],
    ['S3', '[::1]'],
    ['S3', '[::]'],
    ['S3', '[::ffff:127.0.0.1]'],
    ['S3', '[::ffff:7f00:1]'],
    ['S4', '[::127.0.0.1]'],
    ['S5', '[64:ff9b::a9fe:a9fe]'],
    ['S5', '[64:ff9b:1::a9fe:a9fe]'],
    ['S5', '[2002:a9fe:a9fe::]'],
    ['S5', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]'],
    ['S6', '100.100.100.200'],
    ['S6', '168.63.129.16'],
    ['S6', '[fd00:ec2::254]'],
    ['S6', '192.0.0.192'],
    ['S7', 'localhost'],
    ['S7', 'localhost.'],
    ['S7', 'LOCALHOST'],
    ['S7', 'x.localhost'],
    ['S7', 'metadata.google.internal'],
    ['S7', 'a.local'],
    ['S7', 'redis'],
    ['S7', 'api.default.svc.cluster.local.'],
  ])('refuses the host of %s: %s', (_case, host) => {
    expect(codeOf(`https://${host}/`)).toBe('address-not-allowed');
  });

  it('admits a name that resolves to a private address: it asks no resolver (S8)', () => {
    expect(admitUrl('https://127.0.0.1.nip.io/').hostname).toBe(
      '127.0.0.1.nip.io',
    );
  });

  it.each([
    'https://user:pw@host.example/',
    'https://user@host.example/',
    'https://:pw@host.example/',
    'https://good.example@127.0.0.1/',
    'https:\\\\user@host.example\\',
  ])('refuses user information in %s (S16)', (url) => {
    expect(codeOf(url)).toBe('user-info-not-allowed');
  });

  it.each([
    'https://127.0.0.1#@good.example',
    'https://127.0.0.1?@good.example',
    'https:\\\\127.0.0.1\\',
    'https:/127.0.0.1/',
    'https:127.0.0.1',
    'https://127.0.\t0.1/',
    'https://127.0.\r\n0.1/',
    '  https://127.0.0.1/',
    'https://%31%32%37.0.0.1/',
  ])('judges %j by its canonical host (S16)', (url) => {
    expect(codeOf(url)).toBe('address-not-allowed');
  });

  it('takes what follows a backslash as path, as the parser does (S16)', () => {
    expect(admitUrl('https://good.example\\@127.0.0.1/').href).toBe(
      'https://good.example/@127.0.0.1/',
    );
  });

  it.each([
    'file:///etc/passwd',
    'gopher://a.example/',
    'ftp://a.example/',
    'ws://a.example/',
    'wss://a.example/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'unix:///var/run/docker.sock',
    'http+unix://%2Fvar%2Frun%2Fdocker.sock/x',
    'blob:https://a.example/1',
  ])('refuses the scheme of %s (S17)', (url) => {
    expect(codeOf(url, DEVELOPMENT)).toBe('scheme-not-allowed');
  });

  it('refuses the socket spelling of HTTP clients (S17)', () => {
    expect(
      codeOf('http://unix:/var/run/docker.sock:/x', { allowHttp: true }),
    ).toBe('address-not-allowed');
  });

  it('refuses http', () => {
    expect(codeOf('http://a.example/')).toBe('scheme-not-allowed');
  });

  it.each([0, 22, 25, 80, 5432, 6379, 9000])(
    'refuses port %i (S18)',
    (port) => {
      expect(codeOf(`https://a.example:${port}/`)).toBe('port-not-allowed');
    },
  );

  it('shows names with foreign letters as punycode (S24)', () => {
    expect(admitUrl('https://\u0430pple.example/').hostname).toBe(
      'xn--pple-43d.example',
    );
  });

  it('gives a name with and without trailing dot one form (S24)', () => {
    expect(admitUrl('https://a.example.:8443/x')).toEqual(
      admitUrl('https://a.example:8443/x'),
    );
  });

  it.each([
    ['a label of 255 characters', `https://${'a'.repeat(255)}.example/`],
    ['a name over 253 characters', `https://${'a.'.repeat(130)}example/`],
    ['two trailing dots', 'https://a.example../'],
    ['an empty label', 'https://a..example/'],
    ['only a dot', 'https://./'],
    ['signs that no host name has', 'https://a"b.example/'],
    ['a zone identifier', 'https://[fe80::1%25eth0]/'],
    ['no host', 'https://'],
    ['no scheme', '//a.example/'],
    ['nothing', ''],
  ])('refuses %s (S24)', (_what, url) => {
    expect(codeOf(url)).toBe('invalid-url');
  });

  it('admits 2,048 characters and no more, also after making it canonical', () => {
    const base = 'https://a.example/';
    const longest = base + 'a'.repeat(2_048 - base.length);
    expect(admitUrl(longest).href).toBe(longest);
    expect(codeOf(`${longest}a`)).toBe('url-too-long');
    expect(codeOf(base + '\u00e9'.repeat(1_000))).toBe('url-too-long');
  });

  it('says the same of every refused host, and never which (S23)', () => {
    const hosts = ['127.0.0.1', '10.0.0.1', 'localhost', '[::1]', 'a.internal'];
    const messages = hosts.map((host) => refusalOf(`https://${host}/`).message);
    expect(new Set(messages)).toEqual(new Set(['The host is not allowed']));
  });
});

describe('admitUrl with allowHttp and allowPrivateNetworks', () => {
  it.each([
    'http://localhost:9000/webhook',
    'http://127.0.0.1:54321/x',
    'http://receiver:3000/',
    'http://10.1.2.3/',
    'https://[fd12::1]:9443/',
    'http://100.64.0.1:8000/',
  ])('admits %s', (url) => {
    expect(admitUrl(url, DEVELOPMENT).href).toBe(url);
  });

  it.each([
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '[fd00:ec2::254]',
    '0.0.0.0',
    '[::]',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '[::127.0.0.1]',
    '[fe80::1]',
    'metadata.google.internal',
  ])('still refuses %s (S6)', (host) => {
    expect(codeOf(`http://${host}/`, DEVELOPMENT)).toBe('address-not-allowed');
  });

  it.each([22, 25, 5432, 6379, 2375, 0])(
    'still refuses port %i of a private host (S18)',
    (port) => {
      expect(codeOf(`http://127.0.0.1:${port}/`, DEVELOPMENT)).toBe(
        'port-not-allowed',
      );
    },
  );

  it('opens no ports on public hosts', () => {
    expect(codeOf('http://a.example:9000/', DEVELOPMENT)).toBe(
      'port-not-allowed',
    );
  });

  it('keeps http closed with allowPrivateNetworks alone', () => {
    expect(codeOf('http://localhost/', { allowPrivateNetworks: true })).toBe(
      'scheme-not-allowed',
    );
  });
});

describe('admitUrl with lists', () => {
  it('opens the private hosts of allow and no others', () => {
    const policy = { allow: ['10.0.0.7', '192.168.0.0/16', 'hook.internal'] };
    for (const host of ['10.0.0.7', '192.168.9.9', 'hook.internal']) {
      expect(admitUrl(`https://${host}/`, policy).hostname).toBe(host);
    }
    for (const host of ['10.0.0.8', 'other.internal', '127.0.0.1']) {
      expect(codeOf(`https://${host}/`, policy)).toBe('address-not-allowed');
    }
  });

  it('does not open cloud metadata, whatever allow says', () => {
    const policy = { allow: ['0.0.0.0/0', '169.254.169.254', '*.internal'] };
    for (const host of ['169.254.169.254', 'metadata.google.internal']) {
      expect(codeOf(`https://${host}/`, policy)).toBe('address-not-allowed');
    }
  });

  it('lets deny win over everything', () => {
    const deny = ['10.0.0.7', '*.example.com', '93.184.0.0/16'];
    const policy = { ...DEVELOPMENT, allow: ['10.0.0.7'], deny };
    for (const host of ['10.0.0.7', 'a.example.com', '93.184.216.34']) {
      expect(codeOf(`https://${host}/`, policy)).toBe('address-not-allowed');
    }
  });

  it('opens any port that ports lists, on any host (S18)', () => {
    const policy = { ports: [25, 9000] };
    expect(admitUrl('https://a.example:25/', policy).port).toBe(25);
    expect(admitUrl('https://a.example:9000/', policy).port).toBe(9000);
  });

  it('admits only listed hosts where a list is required', () => {
    const policy = {
      allow: ['a.example', '*.b.example'],
      requireAllowlist: true,
    };
    for (const host of ['a.example', 'x.b.example']) {
      expect(admitUrl(`https://${host}/`, policy).hostname).toBe(host);
    }
    for (const host of ['x.a.example', 'b.example', '93.184.216.34']) {
      expect(codeOf(`https://${host}/`, policy)).toBe('address-not-allowed');
    }
    expect(codeOf('https://a.example/', { requireAllowlist: true })).toBe(
      'address-not-allowed',
    );
    expect(codeOf('http://a.example/', policy)).toBe('scheme-not-allowed');
    expect(codeOf('https://a.example:6379/', policy)).toBe('port-not-allowed');
  });

  it('leaves a name to its addresses where a list of addresses is required', () => {
    const policy = { allow: ['93.184.0.0/16'], requireAllowlist: true };
    expect(admitUrl('https://93.184.216.34/', policy).port).toBe(443);
    expect(codeOf('https://93.185.216.34/', policy)).toBe(
      'address-not-allowed',
    );
    expect(admitUrl('https://a.example/', policy).port).toBe(443);
    expect(isAddressAllowed('93.184.216.34', policy)).toBe(true);
    expect(isAddressAllowed('93.185.216.34', policy)).toBe(false);
  });

  it('requires a list also where private networks are open', () => {
    const policy = {
      ...DEVELOPMENT,
      allow: ['box.local'],
      requireAllowlist: true,
    };
    expect(admitUrl('http://box.local/', policy).port).toBe(80);
    for (const host of ['localhost', '10.0.0.1', 'a.example']) {
      expect(codeOf(`http://${host}/`, policy)).toBe('address-not-allowed');
    }
  });

  it('throws for an entry that can never match', () => {
    expect(() =>
      admitUrl('https://a.example/', { deny: ['10.0.0.0/99'] }),
    ).toThrow(TypeError);
  });
});

describe('policy defaults', () => {
  it('cannot be changed', () => {
    expect(Object.isFrozen(DEFAULT_EGRESS_POLICY)).toBe(true);
    expect(Object.isFrozen(DEFAULT_EGRESS_POLICY.ports)).toBe(true);
  });

  it('apply to fields that are undefined', () => {
    const policy = { allow: undefined, ports: undefined } as object;
    expect(codeOf('https://10.0.0.1/', policy)).toBe('address-not-allowed');
  });

  it('are not read from a polluted prototype', () => {
    const prototype = Object.prototype as { allowPrivateNetworks?: boolean };
    prototype.allowPrivateNetworks = true;
    try {
      expect(codeOf('https://127.0.0.1/', {})).toBe('address-not-allowed');
    } finally {
      delete prototype.allowPrivateNetworks;
    }
  });
});

describe('isAddressAllowed', () => {
  it('allows public addresses only, by default', () => {
    expect(isAddressAllowed('8.8.8.8')).toBe(true);
    expect(isAddressAllowed('127.0.0.1')).toBe(false);
    expect(isAddressAllowed('localhost')).toBe(false);
  });

  it('follows the policy', () => {
    expect(isAddressAllowed('127.0.0.1', DEVELOPMENT)).toBe(true);
    expect(isAddressAllowed('8.8.8.8', { deny: ['8.0.0.0/8'] })).toBe(false);
    expect(isAddressAllowed('10.0.0.1', { allow: ['10.0.0.1'] })).toBe(true);
    expect(isAddressAllowed('169.254.169.254', DEVELOPMENT)).toBe(false);
  });
});
