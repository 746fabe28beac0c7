import { inspect } from 'node:util';
import { AxiosError, AxiosHeaders, CanceledError } from 'axios';
import { EgressError, isEgressError } from './egress-error.js';
import { toEgressError } from './to-egress-error.js';

function withCode(code: string): Error {
  return Object.assign(new Error('failed'), { code });
}

describe('toEgressError', () => {
  it.each([
    ['ECONNREFUSED', 'connection-failed'],
    ['ECONNRESET', 'connection-failed'],
    ['ETIMEDOUT', 'connection-failed'],
    ['HPE_HEADER_OVERFLOW', 'invalid-response'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failed'],
    ['CERT_HAS_EXPIRED', 'tls-failed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failed'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls-failed'],
  ])('calls %s %s', (code, expected) => {
    const error = withCode(code);
    expect(toEgressError(error)).toMatchObject({
      code: expected,
      cause: error,
    });
  });

  it('finds our own error below others', () => {
    const own = new EgressError('address-not-allowed');
    const wrapped = new Error('outer', { cause: AxiosError.from(own) });
    expect(toEgressError(wrapped)).toBe(own);
  });

  it('recognises an error of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), {
      name: 'EgressError',
      code: 'aborted',
    });
    expect(isEgressError(foreign)).toBe(true);
    expect(toEgressError(foreign)).toBe(foreign);
  });

  it('ends with chains of causes that never end', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(toEgressError(error).code).toBe('connection-failed');
  });

  it('tells the time limit of axios from one of TCP', () => {
    const timeout = new AxiosError('timeout', AxiosError.ECONNABORTED);
    expect(toEgressError(timeout).code).toBe('deadline-exceeded');
  });

  it('calls a cancellation aborted', () => {
    expect(toEgressError(new CanceledError()).code).toBe('aborted');
  });

  it('translates what is no error at all', () => {
    expect(toEgressError('text')).toMatchObject({
      code: 'connection-failed',
      cause: 'text',
    });
  });

  it('keeps neither URL nor headers of the request', () => {
    const config = {
      url: 'https://secret.example/hook',
      headers: new AxiosHeaders({ Authorization: 'Bearer secret' }),
    };
    const reset = AxiosError.from(withCode('ECONNRESET'), 'ECONNRESET', config);
    const bare = new AxiosError('bare', 'ERR_BAD_REQUEST', config);
    for (const error of [reset, bare]) {
      expect(inspect(error, { depth: 9 })).toContain('secret');
      expect(inspect(toEgressError(error), { depth: 9 })).not.toContain(
        'secret',
      );
    }
  });
});
