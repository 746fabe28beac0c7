import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key and its certificate, as PEM. */
export interface Certificate {
  readonly key: Buffer;
  readonly certificate: Buffer;
}

/** A certificate for 127.0.0.1 that signs itself, made by `openssl`. */
export function selfSigned(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const name = [
      '-subj',
      '/CN=test',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ];
    const files = ['-nodes', '-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-x509', ...curve, ...name, ...files], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key), certificate: readFileSync(certificate) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
