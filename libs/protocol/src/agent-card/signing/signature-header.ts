import { isJsonObject } from '../../validation/json-value.js';
import { type SigningKey } from './signing-keys.js';

/** What the protected header of a signature says (A2A §8.4.2). */
export interface SignatureHeader {
  readonly alg: string;
  readonly kid: string;
  /** Where the key is said to be. Anybody can write anything there. */
  readonly jku?: string;
}

const BASE64_URL = /^[A-Za-z0-9_-]+$/;

/** More is no header but an attempt to keep us busy. */
const MAX_LENGTH = 16_384;

/** The protected header of a signature by this key. */
export function encodeHeader({ algorithm, kid, jku }: SigningKey): string {
  const header = {
    alg: algorithm,
    kid,
    typ: 'JOSE',
    ...(jku !== undefined && { jku }),
  };
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}

/** Reads a protected header; `undefined` where it is none, or has what we do not understand but must (RFC 7515 §4.1.11). */
export function decodeHeader(encoded: unknown): SignatureHeader | undefined {
  const header = parseJson(decodeBase64Url(encoded));
  if (!isJsonObject(header) || Object.hasOwn(header, 'crit')) {
    return undefined;
  }
  const { alg, kid, jku } = header;
  const hasJku = typeof jku === 'string';
  return typeof alg === 'string' &&
    typeof kid === 'string' &&
    (hasJku || jku === undefined)
    ? { alg, kid, ...(hasJku && { jku }) }
    : undefined;
}

/** The bytes of a text in base64url (RFC 7515 §2), `undefined` where it is none. */
export function decodeBase64Url(encoded: unknown): Buffer | undefined {
  return typeof encoded === 'string' &&
    encoded.length <= MAX_LENGTH &&
    BASE64_URL.test(encoded)
    ? Buffer.from(encoded, 'base64url')
    : undefined;
}

function parseJson(bytes: Buffer | undefined): unknown {
  try {
    return bytes && JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
