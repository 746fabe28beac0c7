import { GrpcServerError } from './grpc.errors.js';
import { INSTALLED_PACKAGES, loadGrpcPackages } from './grpc-packages.js';

const ALL = { health: true, reflection: true };

/** What Node.js says about a package that is not installed. */
const missing = (code: string) => () =>
  Promise.reject(Object.assign(new Error('Cannot find it'), { code }));

describe('loadGrpcPackages', () => {
  it('loads what is wanted and no more', async () => {
    const all = await loadGrpcPackages(ALL);
    expect(all.grpc.Server).toBeDefined();
    expect(all.protocol.GRPC_SERVICES).toBeDefined();
    expect(all.health?.HealthImplementation).toBeDefined();
    expect(all.reflection?.ReflectionService).toBeDefined();
    const few = await loadGrpcPackages({ health: false, reflection: false });
    expect(few).toMatchObject({ health: undefined, reflection: undefined });
  });

  it('says everything that must be installed at once', async () => {
    const source = {
      grpc: missing('ERR_MODULE_NOT_FOUND'),
      protocol: missing('MODULE_NOT_FOUND'),
      health: missing('ERR_MODULE_NOT_FOUND'),
      reflection: missing('ERR_MODULE_NOT_FOUND'),
    };
    const failure = loadGrpcPackages(ALL, source);
    await expect(failure).rejects.toBeInstanceOf(GrpcServerError);
    await expect(failure).rejects.toMatchObject({
      code: 'GRPC_PACKAGE_MISSING',
      message: expect.stringMatching(
        /npm install @grpc\/grpc-js @bufbuild\/protobuf grpc-health-check @grpc\/reflection$/,
      ),
      cause: { code: 'ERR_MODULE_NOT_FOUND' },
    });
  });

  it('does not ask for what is not wanted', async () => {
    const health = missing('ERR_MODULE_NOT_FOUND');
    const source = { ...INSTALLED_PACKAGES, health };
    await loadGrpcPackages({ health: false, reflection: false }, source);
    await expect(loadGrpcPackages(ALL, source)).rejects.toMatchObject({
      message: expect.stringMatching(/npm install grpc-health-check$/),
    });
  });

  it('does not take a package that fails for one that is missing', async () => {
    const broken = new TypeError('The package is broken');
    const source = {
      ...INSTALLED_PACKAGES,
      grpc: () => Promise.reject(broken),
    };
    await expect(loadGrpcPackages(ALL, source)).rejects.toBe(broken);
  });
});
