import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key and its certificate, as PEM. */
export interface Certificate {
  readonly key: Buffer;
  readonly certificate: Buffer;
}

/** A certificate that signs itself, for names such as `DNS:a.example` or `IP:127.0.0.1`. Made by `openssl`. */
export function certificateFor(name: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
  const made = [
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=test', '-addext', `subjectAltName=${name}`],
    ...['-keyout', key, '-out', certificate],
  ];
  try {
    execFileSync('openssl', ['req', '-x509', ...made], { stdio: 'ignore' });
    return { key: readFileSync(key), certificate: readFileSync(certificate) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
