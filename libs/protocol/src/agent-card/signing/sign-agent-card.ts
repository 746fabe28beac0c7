import { type AgentCard, type AgentCardSignature } from '../agent-card.js';
import { AgentCardSignatureError } from './agent-card-signature-error.js';
import { canonicalJson } from './canonical-json.js';
import { type CardPayloadForm, signedContent } from './card-payload.js';
import { encodeHeader } from './signature-header.js';
import { signText } from './signature-algorithms.js';
import { type SigningKey } from './signing-keys.js';

/** How a card is signed. */
export interface SignAgentCardOptions {
  /** What is signed; each form that differs is a signature of its own. @default ['specified'] */
  readonly forms?: readonly CardPayloadForm[];
}

/**
 * Signs a card with every key (A2A §8.4). The signatures are detached: what
 * they cover is the card itself. Those that it has stay, as they do not cover
 * each other; so a new key can be introduced before an old one goes.
 *
 * @returns the card with its signatures
 * @throws AgentCardSignatureError `invalid-card`
 */
export function signAgentCard<T extends AgentCard>(
  card: T,
  keys: readonly SigningKey[],
  { forms = ['specified'] }: SignAgentCardOptions = {},
): T & { signatures: AgentCardSignature[] } {
  const payloads = new Set(forms.map((form) => payloadOf(card, form)));
  const added = keys.flatMap((key) =>
    [...payloads].map((payload) => signatureOver(payload, key)),
  );
  return { ...card, signatures: [...(card.signatures ?? []), ...added] };
}

function payloadOf(card: AgentCard, form: CardPayloadForm): string {
  try {
    const text = canonicalJson(signedContent({ ...card }, form));
    return Buffer.from(text).toString('base64url');
  } catch (cause) {
    throw new AgentCardSignatureError(
      'invalid-card',
      `The card has no canonical form: ${String((cause as Error).message)}`,
      { cause },
    );
  }
}

function signatureOver(payload: string, key: SigningKey): AgentCardSignature {
  const encoded = encodeHeader(key);
  const signature = signText(`${encoded}.${payload}`, key.algorithm, key.key);
  return { protected: encoded, signature: signature.toString('base64url') };
}
