import { type KeyObject } from 'node:crypto';
import { type SigningKey } from '@nest-a2a/protocol';
import { WebhookSigningError } from './webhook-signing-error.js';

/** The keys that sign now. */
export interface ActiveKeys {
  /** What receivers may meet, the newest first. */
  readonly published: readonly SigningKey[];
  /** Those of Ed25519: each signs every webhook. */
  readonly signers: readonly KeyObject[];
  /** Signs tokens, which have one signature only. */
  readonly tokenKey: SigningKey;
}

/** The time, and how long a key signs beside the one that replaces it. */
export interface KeyTimes {
  readonly now: number;
  readonly overlapMs: number;
}

/** What was added at a time, milliseconds. */
interface Dated {
  readonly createdAt: number;
}

/** More would not fit among the signatures that receivers look at. */
const MOST_KEYS = 4;

/** Instances and receivers read keys again after minutes. */
const SETTLED_MS = 15 * 60_000;

/**
 * The keys that are still good: the newest, and each older one as long as the
 * next after it is new.
 *
 * @param keys the oldest first
 * @returns the newest first
 */
export function livingKeys<T extends Dated>(
  keys: readonly T[],
  { now, overlapMs }: KeyTimes,
): readonly T[] {
  const isLiving = (_key: T, i: number) => {
    const next = keys[i + 1];
    return next === undefined || now < next.createdAt + overlapMs;
  };
  return keys.filter(isLiving).slice(-MOST_KEYS).reverse();
}

/**
 * The key for what has one signature only: the newest that receivers have had
 * time to fetch, else the one that they have known the longest.
 *
 * @param living the newest first
 */
export function settledKey<T extends Dated>(
  living: readonly T[],
  { now, overlapMs }: KeyTimes,
): T | undefined {
  const settledMs = Math.min(SETTLED_MS, overlapMs / 2);
  const isSettled = ({ createdAt }: T) => now - createdAt >= settledMs;
  return living.find(isSettled) ?? living.at(-1);
}

/** @throws WebhookSigningError `KEYS_NOT_OPENED` where none is of Ed25519 */
export function activeKeys(
  published: readonly SigningKey[],
  tokenKey: SigningKey | undefined,
): ActiveKeys {
  const signers = published
    .filter(({ algorithm }) => algorithm === 'EdDSA')
    .map(({ key }) => key);
  if (!tokenKey || signers.length === 0) {
    throw new WebhookSigningError(
      'KEYS_NOT_OPENED',
      'The keys that sign webhooks were sealed with another key: was push.encryptionKey changed?',
    );
  }
  return { published, signers, tokenKey };
}
