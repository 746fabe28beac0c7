import { OPERATIONS } from '@nest-a2a/protocol';
import { restRoutes } from '../bindings/rest/rest-routes.js';
import { operationsOf } from './route-operations.js';

const placed = (version: '1.0' | '0.3', hasTenants = false) =>
  restRoutes(version, { hasTenants }).map(({ name, method, pattern }) => {
    const addressee = { binding: 'HTTP+JSON', version } as const;
    return operationsOf({ name, method, pattern, addressee });
  });

describe('operationsOf', () => {
  it.each(['1.0', '0.3'] as const)('knows every route of %s', (version) => {
    expect(placed(version, true).filter(({ length }) => length === 0)).toEqual(
      [],
    );
  });

  it('knows every operation of each version', () => {
    const operationsIn = (version: '1.0' | '0.3') =>
      [
        ...new Set(
          placed(version)
            .flat()
            .map(({ operation }) => operation),
        ),
      ].sort();
    expect(operationsIn('1.0')).toEqual([...OPERATIONS].sort());
    // A2A 0.3 names a list of tasks and has no form for it.
    expect(operationsIn('0.3')).toEqual(
      OPERATIONS.filter((operation) => operation !== 'ListTasks').sort(),
    );
  });

  it('has each path with its method once, and names what is in it', () => {
    const all = placed('1.0', true).flat();
    const paths = all.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain('get /{tenant}/tasks/{id}:subscribe');
    expect(paths.join()).not.toMatch(/:(?!send|stream|cancel|subscribe)/);
    const cancel = all.find(
      ({ path }) => path === '/{tenant}/tasks/{id}:cancel',
    );
    expect(cancel).toMatchObject({
      operation: 'CancelTask',
      inPath: ['tenant', 'id'],
      suffix: 'ForTenant',
    });
  });
});
