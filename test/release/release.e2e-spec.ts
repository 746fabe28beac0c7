import { FakeRegistry } from './fake-registry.js';
import { ScratchRepository } from './scratch-repository.js';

const IN_A_PIPELINE = {
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://issuer.example.com',
};
const PUBLISH = ['--publish', '--no-provenance'];

// npm is started many times, also on a busy machine.
jest.setTimeout(180_000);

describe('a release', () => {
  let registry: FakeRegistry;
  let repository: ScratchRepository;

  beforeEach(async () => {
    registry = new FakeRegistry();
    await registry.open();
    repository = new ScratchRepository(registry.host);
  });
  afterEach(async () => {
    repository.remove();
    await registry.close();
  });

  const names = () => registry.published.map(({ name }) => name);
  const order = (output: string, ...texts: string[]) =>
    texts.map((text) => output.indexOf(text));

  it('is only tried where nothing else is asked for', async () => {
    const { code, output } = await repository.release(['0.2.0']);
    expect(output).toContain('Nothing was published');
    expect(code).toBe(0);
    expect(repository.done).toBe('built tested');
    const [base, top] = order(
      output,
      'would publish @nest-a2a/base@0.2.0 as latest',
      'would publish @nest-a2a/top@0.2.0 as latest',
    );
    expect(base).toBeGreaterThan(-1);
    expect(top).toBeGreaterThan(base ?? -1);
    expect(registry.published).toEqual([]);
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(repository.git('tag')).toBe('');
  });

  it('is committed, tagged and published in the order of dependencies', async () => {
    const committed = await repository.release(['0.2.0', '--commit']);
    expect(committed.output).toContain('v0.2.0 is tagged');
    expect(names()).toEqual([]);
    expect(repository.git('log', '-1', '--format=%s')).toBe('Release 0.2.0');
    expect(repository.git('rev-parse', 'v0.2.0^{commit}')).toBe(
      repository.git('rev-parse', 'HEAD'),
    );
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(repository.readJson('package.json')).toMatchObject({
      version: '0.2.0',
    });
    expect(repository.read('libs/top/src/version.ts')).toBe(
      `export const VERSION = '0.2.0';\n`,
    );
    expect(repository.readJson('package-lock.json')).toMatchObject({
      version: '0.2.0',
      packages: {
        '': { version: '0.2.0' },
        'libs/top': {
          version: '0.2.0',
          dependencies: { '@nest-a2a/base': '0.2.0' },
        },
      },
    });

    const { code, output } = await repository.release(['0.2.0', ...PUBLISH]);
    expect(output).toContain('0.2.0 is published');
    expect(code).toBe(0);
    expect(registry.published).toMatchObject([
      {
        name: '@nest-a2a/base',
        access: 'public',
        'dist-tags': { latest: '0.2.0' },
      },
      {
        name: '@nest-a2a/top',
        access: 'public',
        'dist-tags': { latest: '0.2.0' },
        versions: {
          '0.2.0': { dependencies: { '@nest-a2a/base': '0.2.0' } },
        },
      },
    ]);
  });

  it('that is a preview does not become the latest', async () => {
    repository.write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n- A\n');
    repository.commitAll();
    const args = ['0.2.0-rc.1', '--commit', ...PUBLISH];
    const { output } = await repository.release(args);
    expect(output).toContain('0.2.0-rc.1 is published');
    expect(registry.published.map((one) => one['dist-tags'])).toEqual([
      { next: '0.2.0-rc.1' },
      { next: '0.2.0-rc.1' },
    ]);
  });

  it('goes on where it stopped', async () => {
    registry.refused.add('@nest-a2a/top');
    const args = ['0.2.0', '--commit', ...PUBLISH];
    const failed = await repository.release(args);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('npm does not take @nest-a2a/top');
    expect(failed.output).toContain(
      'Published: @nest-a2a/base. Not published: @nest-a2a/top.',
    );
    registry.refused.clear();
    const { code, output } = await repository.release(['0.2.0', ...PUBLISH]);
    expect(output).toContain('@nest-a2a/base@0.2.0 is there already');
    expect(code).toBe(0);
    expect(names()).toEqual(['@nest-a2a/base', '@nest-a2a/top']);
  });

  it.each(['built', 'tested'])(
    'changes nothing where a step fails: %s',
    async (FAIL) => {
      const args = ['0.2.0', '--commit', ...PUBLISH];
      const { code } = await repository.release(args, { FAIL });
      expect(code).toBe(1);
      expect(repository.done.endsWith(FAIL)).toBe(true);
      expect(repository.git('status', '--porcelain')).toBe('');
      expect(repository.git('tag')).toBe('');
      expect(names()).toEqual([]);
    },
  );

  describe('does not begin', () => {
    const refuses = async (
      args: string[],
      sentence: string,
      env: NodeJS.ProcessEnv = {},
    ) => {
      const { code, output } = await repository.release(args, env);
      expect(output).toContain(sentence);
      expect(code).toBe(1);
      expect(repository.done).toBe('');
      expect(names()).toEqual([]);
    };

    it.each([['1.2'], ['v1.2.3'], ['01.2.3'], ['1.2.3', '4.5.6']])(
      'for what is no version: %s',
      async (...args) => refuses(args, 'A version looks like 1.2.3'),
    );

    it('with changes that are not committed', async () => {
      repository.append('CHANGELOG.md', 'more');
      await refuses(['0.2.0'], 'There are changes that are not committed.');
    });

    it('on another branch', async () => {
      repository.git('switch', '--quiet', '--create', 'mine');
      await refuses(['0.2.0'], 'The branch is mine, releases are made from');
    });

    it('without a word in the changelog', async () => {
      await refuses(['0.3.0'], 'it needs a section "## 0.3.0"');
      repository.append('CHANGELOG.md', '\n## 0.3.0\n\n');
      repository.commitAll();
      await refuses(['0.3.0'], 'it needs a section "## 0.3.0"');
    });

    it.each(['0.0.9', '0.1.0-rc.1'])('with an older version: %s', (version) =>
      refuses([version], 'The packages are at 0.1.0, which is newer.'),
    );

    it('with the tag of another commit', async () => {
      repository.git('tag', 'v0.2.0');
      repository.append('CHANGELOG.md', '\n- More\n');
      repository.commitAll();
      await refuses(['0.2.0'], 'The tag v0.2.0 is there already');
    });

    it('to publish what is not tagged', async () => {
      const sentence = 'Only what is tagged v0.2.0 is published';
      await refuses(['0.2.0', ...PUBLISH], sentence);
    });

    it('to publish with a proof that npm cannot make', async () => {
      repository.git('tag', 'v0.2.0');
      const args = ['0.2.0', '--publish'];
      await refuses(args, 'publish there, or with --no-provenance');
      const sentence = 'package.json needs "repository"';
      await refuses(args, sentence, IN_A_PIPELINE);
    });
  });
});
