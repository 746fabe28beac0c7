import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tests with certificates, where they can be made. */
export const describeWithOpenssl = (name: string, tests: () => void): void => {
  const describeIf = hasOpenssl() ? describe : describe.skip;
  describeIf(`${name} (needs the openssl command line)`, tests);
};

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A self-signed certificate; a client that trusts it trusts its own authority. */
export function certificateFor(name: string, days = 1) {
  const cwd = mkdtempSync(join(tmpdir(), 'egress-tls-'));
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd, stdio: 'ignore' });
  try {
    openssl('genpkey', '-algorithm', 'RSA', '-out', 'key.pem');
    const subject = ['-subj', `/CN=${name}`];
    openssl('req', '-new', '-key', 'key.pem', ...subject, '-out', 'csr.pem');
    const sign = ['x509', '-req', '-in', 'csr.pem', '-signkey', 'key.pem'];
    openssl(...sign, '-days', String(days), '-out', 'cert.pem');
    return {
      key: readFileSync(join(cwd, 'key.pem'), 'utf8'),
      cert: readFileSync(join(cwd, 'cert.pem'), 'utf8'),
    };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
