import { HostList } from './host-list.js';

describe('HostList', () => {
  it('finds names in any spelling of the entry', () => {
    const list = new HostList(['Hooks.Example.COM.', 'bücher.example']);
    expect(list.hasName('hooks.example.com')).toBe(true);
    expect(list.hasName('xn--bcher-kva.example')).toBe(true);
    expect(list.hasName('a.hooks.example.com')).toBe(false);
  });

  it('finds all names below a suffix, and not the suffix itself', () => {
    const list = new HostList(['*.example.com']);
    expect(list.hasName('a.b.example.com')).toBe(true);
    expect(list.hasName('example.com')).toBe(false);
    expect(list.hasName('evilexample.com')).toBe(false);
  });

  it.each([
    ['10.0.0.7', '10.0.0.7', '10.0.0.8'],
    ['10.0.0.0/8', '10.200.0.1', '11.0.0.1'],
    ['fd12::/16', 'fd12::9', 'fd13::9'],
    ['[::1]', '::1', '::2'],
    ['10.0.0.0/8', '::ffff:10.0.0.1', '::ffff:11.0.0.1'],
    ['::ffff:10.0.0.0/104', '10.200.0.1', '11.0.0.1'],
  ])('reads %s as a range with %s and without %s', (entry, inside, outside) => {
    const list = new HostList([entry]);
    expect(list.hasAddress(inside)).toBe(true);
    expect(list.hasAddress(outside)).toBe(false);
  });

  it('finds no address in what is not one', () => {
    expect(new HostList(['0.0.0.0/0']).hasAddress('localhost')).toBe(false);
  });

  it.each([
    '',
    '*',
    '*.',
    'a b',
    'example.com:443',
    'https://example.com',
    'example.com/path',
    'user@example.com',
    '10.0.0.0/33',
    '010.0.0.0/8',
    '2130706433',
    '127.1',
    'a..b',
  ])('refuses the entry %j instead of never matching it', (entry) => {
    expect(() => new HostList([entry])).toThrow(TypeError);
  });
});
