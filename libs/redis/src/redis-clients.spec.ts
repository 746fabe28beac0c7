import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { hears, RedisFixture, until } from '../test/redis-fixture.js';
import { describeWithOwnRedis, RedisServer } from '../test/redis-server.js';

describeWithOwnRedis('redis, however it is reached', () => {
  const fixture = new RedisFixture();
  const servers: RedisServer[] = [];

  afterEach(async () => {
    await fixture.closeAll();
    for (const server of servers.splice(0)) {
      await server.close();
    }
  });

  const start = async (...flags: string[]) => {
    const server = new RedisServer(flags);
    servers.push(server);
    await server.start();
    return server;
  };

  const openTwo = async (options: object) => {
    const namespace = fixture.newNamespace();
    return [
      await fixture.open(options, namespace),
      await fixture.open(options, namespace),
    ] as const;
  };

  const url = (server: RedisServer, credentials: string) =>
    server.url.replace('redis://', `redis://${credentials}@`);

  it('gives the password, and says neither it nor the address where it is wrong', async () => {
    const server = await start('--requirepass', 'hunter2');
    const right = await openTwo({ url: url(server, ':hunter2') });
    await hears(...right);
    const [wrong] = await openTwo({ url: url(server, ':hunter3') });
    expect(wrong.warnings).toEqual([expect.stringContaining('(WRONGPASS)')]);
    const [none] = await openTwo({ url: server.url });
    expect(none.warnings).toEqual([expect.stringContaining('(NOAUTH)')]);
    expect(wrong.warnings.join()).not.toMatch(/hunter|127\.0\.0\.1/);
  });

  it('needs no more rights than to publish and to subscribe to its channels', async () => {
    const server = await start();
    const rights = '-@all +publish +subscribe resetchannels &a2a:*';
    await server.ask((client) =>
      client.acl('SETUSER', 'a2a', 'on', '>secret', ...rights.split(' ')),
    );
    const [one, two] = await openTwo({ url: url(server, 'a2a:secret') });
    expect(one.warnings).toEqual([]);
    await hears(one, two);
    const [other] = await openTwo({
      url: url(server, 'a2a:secret'),
      channelPrefix: 'b2b',
    });
    expect(other.warnings).toEqual([expect.stringContaining('(NOPERM)')]);
  });

  it('makes connections like that of a client of the host, which stays as it is', async () => {
    const server = await start();
    const client = new Redis(server.url, {
      keyPrefix: 'shop:',
      lazyConnect: true,
      retryStrategy: null,
    });
    const [one, two] = await openTwo({ client });
    expect(client.status).toBe('wait');
    await hears(one, two);
    await client.set('a', '1');
    await one.close();
    await two.close();
    expect(await client.get('a')).toBe('1');
    client.disconnect();
  });

  it('takes a client for a cluster', async () => {
    const server = await start(
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
    );
    await server.ask((client) => client.cluster('ADDSLOTSRANGE', 0, 16_383));
    await until(async () =>
      String(await server.ask((client) => client.cluster('INFO'))).includes(
        'cluster_state:ok',
      ),
    );
    const client = new Cluster([server.url], { lazyConnect: true });
    const [one, two] = await openTwo({ client });
    expect(one.warnings).toEqual([]);
    await hears(one, two);
    await server.kill();
    await until(() => one.wake.pollMs === 250);
    await server.start();
    await until(() => one.wake.pollMs === 1_000 && two.wake.pollMs === 1_000);
    await hears(one, two);
    client.disconnect();
  });

  it('speaks TLS, and only with a server that it can trust', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'a2a-redis-tls-'));
    const [key, certificate] = [join(folder, 'key'), join(folder, 'cert')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-nodes', '-keyout', key, '-out', certificate],
        ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
        ...['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
    const tls = new RedisServer();
    const port = await tls.takePort();
    await start(
      ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certificate, '--tls-key-file', key],
    );
    const [strange] = await openTwo({ url: `rediss://127.0.0.1:${port}` });
    expect(strange.warnings).toEqual([
      expect.stringContaining('(DEPTH_ZERO_SELF_SIGNED_CERT)'),
    ]);
    const client = new Redis(`rediss://127.0.0.1:${port}`, {
      tls: { ca: readFileSync(certificate) },
      lazyConnect: true,
    });
    const [one, two] = await openTwo({ client });
    expect(one.warnings).toEqual([]);
    await hears(one, two);
    client.disconnect();
    await tls.close();
    rmSync(folder, { recursive: true });
  });
});
