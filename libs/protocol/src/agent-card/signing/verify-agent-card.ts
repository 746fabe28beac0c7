import { ParseContext } from '../../validation/parse-context.js';
import { jsonObject } from '../../validation/json-value.js';
import { AgentCardSignatureError } from './agent-card-signature-error.js';
import { canonicalJson } from './canonical-json.js';
import { type CardPayloadForm, signedContent } from './card-payload.js';
import {
  algorithmNamed,
  isSignatureOf,
  type SignatureAlgorithm,
} from './signature-algorithms.js';
import { failure, mostTelling } from './signature-failures.js';
import {
  decodeBase64Url,
  decodeHeader,
  type SignatureHeader,
} from './signature-header.js';
import {
  readTrustedKeys,
  type TrustedKey,
  type TrustedKeys,
} from './trusted-keys.js';

/** More signatures than this are not looked at: whoever sends a card decides how many it has. */
const MAX_SIGNATURES = 16;

/** What a card is verified against. */
export interface VerifyAgentCardOptions {
  /** The keys that are trusted. */
  readonly keys: TrustedKeys;
  /** Keys that were fetched for the signatures of this card, see `readRemoteKeys`. @default none */
  readonly remoteKeys?: readonly TrustedKey[];
  /** The time at which a key must be valid, in milliseconds since 1970. @default now */
  readonly nowMs?: number;
}

/** A card whose signature is good. */
export interface VerifiedAgentCard {
  /**
   * What was signed: the received card without `signatures` and what is the
   * same as nothing. Use this and not what was received: with a signature of
   * the form `stripped`, anybody can add empty members to that.
   */
  readonly content: Record<string, unknown>;
  readonly form: CardPayloadForm;
  readonly algorithm: SignatureAlgorithm;
  /** The key that signed it. */
  readonly kid: string;
}

/** A form of the card, and what of a signature's input comes from it. */
interface Candidate {
  readonly form: CardPayloadForm;
  readonly content: Record<string, unknown>;
  readonly payload: string;
}

/** A member of `signatures`, read. */
interface Signature extends SignatureHeader {
  readonly encodedHeader: string;
  readonly bytes: Buffer;
}

/**
 * Verifies a card as it was received: what was made of it since is not what was
 * signed. One good signature by a trusted key is enough (A2A §8.4.3). The
 * unprotected header counts for nothing.
 *
 * @param received what `JSON.parse` made of it; members that A2A does not know are covered too
 * @throws AgentCardSignatureError with the code that says most about the signatures
 */
export function verifyAgentCard(
  received: unknown,
  { keys, remoteKeys = [], nowMs = Date.now() }: VerifyAgentCardOptions,
): VerifiedAgentCard {
  const trusted = [...readTrustedKeys(keys), ...remoteKeys];
  const card = readCard(received);
  const candidates = candidatesOf(card);
  const failures: AgentCardSignatureError[] = [];
  for (const entry of entriesOf(card)) {
    try {
      return verifyEntry(entry, { candidates, trusted, nowMs });
    } catch (error) {
      if (!(error instanceof AgentCardSignatureError)) {
        throw error;
      }
      failures.push(error);
    }
  }
  throw mostTelling(failures);
}

/**
 * Where the signatures of a card say that their keys are, each URL once. Never
 * fetch one that is not on a list of your own: the card decides what it says.
 */
export function keyUrlsOf(received: unknown): string[] {
  const urls = entriesOf(readCard(received)).map(
    (entry) => readSignature(entry)?.jku,
  );
  return [...new Set(urls.filter((url) => url !== undefined))];
}

function readCard(received: unknown): Record<string, unknown> {
  const card = jsonObject(received, '', new ParseContext('response'));
  if (card === undefined) {
    throw new AgentCardSignatureError(
      'invalid-card',
      'The card is no JSON object, or is nested too deeply',
    );
  }
  return card;
}

function entriesOf({ signatures }: Record<string, unknown>): unknown[] {
  return Array.isArray(signatures)
    ? (signatures as unknown[]).slice(0, MAX_SIGNATURES)
    : [];
}

function candidatesOf(card: Record<string, unknown>): Candidate[] {
  try {
    return (['specified', 'stripped'] as const).map((form) => {
      const content = signedContent(card, form);
      const text = Buffer.from(canonicalJson(content));
      return { form, content, payload: text.toString('base64url') };
    });
  } catch (cause) {
    throw new AgentCardSignatureError(
      'invalid-card',
      'The card cannot be brought into the canonical form',
      { cause },
    );
  }
}

function verifyEntry(
  entry: unknown,
  {
    candidates,
    trusted,
    nowMs,
  }: {
    candidates: readonly Candidate[];
    trusted: readonly TrustedKey[];
    nowMs: number;
  },
): VerifiedAgentCard {
  const signature = readSignature(entry);
  if (signature === undefined) {
    throw new AgentCardSignatureError(
      'malformed-signature',
      'A signature of the card cannot be read',
    );
  }
  const { kid } = signature;
  if (algorithmNamed(signature.alg) === undefined) {
    throw failure(
      'algorithm-not-allowed',
      'is used in a way that is not allowed',
      kid,
    );
  }
  const keys = trusted.filter((key) => isNamedBy(key, signature));
  if (keys.length === 0) {
    throw failure('unknown-key', 'is not a trusted one', kid);
  }
  const failures: AgentCardSignatureError[] = [];
  for (const key of keys) {
    const problem = problemOf(key, signature, nowMs);
    const signed = problem
      ? undefined
      : candidates.find((candidate) => isSigned(candidate, signature, key));
    if (signed) {
      const { content, form } = signed;
      return { content, form, algorithm: key.algorithm, kid };
    }
    failures.push(
      problem ?? failure('signature-invalid', 'did not sign this card', kid),
    );
  }
  throw mostTelling(failures);
}

function readSignature(entry: unknown): Signature | undefined {
  const { protected: encodedHeader, signature } = (entry ?? {}) as Record<
    string,
    unknown
  >;
  const header = decodeHeader(encodedHeader);
  const bytes = decodeBase64Url(signature);
  return header && bytes
    ? { ...header, bytes, encodedHeader: encodedHeader as string }
    : undefined;
}

/** A fetched key is for those signatures only that say it is there. */
function isNamedBy({ kid, jku }: TrustedKey, signature: Signature): boolean {
  return kid === signature.kid && (jku === undefined || jku === signature.jku);
}

function problemOf(
  key: TrustedKey,
  { alg, kid }: Signature,
  nowMs: number,
): AgentCardSignatureError | undefined {
  if (key.isRevoked) {
    return failure('key-revoked', 'is revoked', kid);
  }
  if (nowMs >= key.expiresAtMs) {
    return failure('key-expired', 'is expired', kid);
  }
  if (nowMs < key.notBeforeMs) {
    return failure('key-not-yet-valid', 'is not valid yet', kid);
  }
  return algorithmNamed(alg) === key.algorithm
    ? undefined
    : failure('algorithm-not-allowed', `is for ${key.algorithm} only`, kid);
}

function isSigned(
  { payload }: Candidate,
  { encodedHeader, bytes }: Signature,
  key: TrustedKey,
): boolean {
  return isSignatureOf(`${encodedHeader}.${payload}`, bytes, key);
}
