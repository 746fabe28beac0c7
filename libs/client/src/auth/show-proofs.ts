import { A2AClientError } from '../errors/a2a-client-error.js';
import { type OutgoingCall } from '../interceptors/client-interceptor.js';
import { type Place, type Proof } from './proof.js';

/** A proof and its value in one request. */
export interface ShownProof {
  readonly proof: Proof;
  readonly value: string;
}

/** RFC 6265 §4.1.1. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/**
 * The request with its proofs; what it was stays as it is, to be shown again
 * with others.
 *
 * @throws A2AClientError `no-credentials` for a value that a cookie cannot carry
 */
export function showProofs(
  call: OutgoingCall,
  shown: readonly ShownProof[],
): OutgoingCall {
  return shown.reduce(
    (sent, { proof, value }) => withValue(sent, proof.place, value),
    call,
  );
}

function withValue(
  call: OutgoingCall,
  { in: kind, name }: Place,
  value: string,
): OutgoingCall {
  switch (kind) {
    case 'header':
      return { ...call, headers: withHeader(call.headers, name, value) };
    case 'cookie':
      return { ...call, headers: withCookie(call.headers, name, value) };
    case 'query':
      return { ...call, query: { ...call.query, [name]: value } };
    case 'connection':
      return call;
  }
}

function withHeader(
  headers: Readonly<Record<string, string>>,
  name: string,
  value: string,
): Record<string, string> {
  const others = Object.entries(headers).filter(
    ([other]) => other.toLowerCase() !== name.toLowerCase(),
  );
  return { ...Object.fromEntries(others), [name]: value };
}

function withCookie(
  headers: Readonly<Record<string, string>>,
  name: string,
  value: string,
): Record<string, string> {
  if (!COOKIE_VALUE.test(value)) {
    throw new A2AClientError(
      'no-credentials',
      'The agent wants a key in a cookie, which cannot carry the one that was given',
    );
  }
  const others = Object.entries(headers)
    .filter(([other]) => other.toLowerCase() === 'cookie')
    .map(([, cookies]) => cookies);
  return withHeader(
    headers,
    'Cookie',
    [...others, `${name}=${value}`].join('; '),
  );
}
