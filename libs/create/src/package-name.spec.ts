import { assertPackageName } from './package-name.js';

describe('assertPackageName', () => {
  it.each(['my-agent', 'a', '0x', 'a.b_c', 'x'.repeat(214)])(
    'takes %s',
    (name) => {
      expect(() => assertPackageName(name, ['rxjs'])).not.toThrow();
    },
  );

  it.each([
    '',
    'My-agent',
    '.agent',
    '_agent',
    '-rf',
    'my agent',
    'my/agent',
    'agent\n',
    'ägent',
    "it's",
    'x'.repeat(215),
    'node_modules',
    'favicon.ico',
    'http',
    'rxjs',
  ])('refuses %j in one line', (name) => {
    const act = () => assertPackageName(name, ['rxjs']);
    expect(act).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(act).not.toThrow('\n');
  });
});
