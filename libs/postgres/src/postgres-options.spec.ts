import { type PostgresOptions, settingsOf } from './postgres-options.js';

const url = 'postgres://localhost/test';

describe('options of postgres()', () => {
  it('have defaults', () => {
    expect(settingsOf({ url })).toMatchObject({
      schema: 'a2a',
      wake: 'notify',
      migrations: 'apply',
      maxConnections: 10,
      statementTimeoutMs: 10_000,
    });
  });

  it.each<PostgresOptions>([
    {},
    { url, pool: { connect: () => Promise.reject(new Error('unused')) } },
    { url, schema: '' },
    { url, schema: 'x'.repeat(51) },
    { url, schema: 'a\u0000' },
    { url, maxConnections: 0 },
    { url, statementTimeoutMs: 1.5 },
    { url: '' },
    { url: 'hello:pw@foo' },
    { url: 'mysql://localhost/test' },
    { url, migrations: 'aply' as never },
    { url, wake: 'notfy' as never },
    { url, wake: {} as never },
    { url, preparedStatements: 'no' as never },
    { url, onWarning: 'no' as never },
    { pool: {} as never },
  ])('are refused where they make no sense', (options) => {
    expect(() => settingsOf(options)).toThrow(TypeError);
  });

  it('are refused where there is none of that name', () => {
    const misspelt = { url, schma: 'x' };
    expect(() => settingsOf(misspelt)).toThrow(
      'postgres() knows no "schma": its options are url, pool, schema,',
    );
  });

  it.each([
    'postgres://u:p%40ss@host:5433/db?sslmode=require',
    'postgresql:///db?host=/var/run/postgresql',
    'postgres://u@/db?host=/var/run/postgresql',
    'POSTGRES://host/db',
  ])('take the address %s', (address) => {
    expect(settingsOf({ url: address }).url).toBe(address);
  });

  it('do not say the password where they are refused', () => {
    const secret = { url: 'postgres://u:hunter2@h/d', maxConnections: -1 };
    expect(() => settingsOf(secret)).not.toThrow('hunter2');
    expect(() => settingsOf(secret)).toThrow('maxConnections');
  });
});
