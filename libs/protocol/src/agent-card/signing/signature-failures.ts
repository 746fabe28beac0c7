import {
  AgentCardSignatureError,
  type AgentCardSignatureErrorCode,
} from './agent-card-signature-error.js';

/** What is wrong with a signature, said of its key. */
export function failure(
  code: AgentCardSignatureErrorCode,
  what: string,
  kid: string,
): AgentCardSignatureError {
  // A name that anybody may have chosen is not written into logs at any length.
  const name = JSON.stringify(kid.slice(0, 100));
  const message = `The key ${name} of the card's signature ${what}`;
  return new AgentCardSignatureError(code, message, { kid });
}

/** From what says most to what says least. */
const TELLING: readonly AgentCardSignatureErrorCode[] = [
  'signature-invalid',
  'key-revoked',
  'key-expired',
  'key-not-yet-valid',
  'algorithm-not-allowed',
  'unknown-key',
  'malformed-signature',
];

/** Of what is wrong with several signatures that which says most. */
export function mostTelling(
  failures: readonly AgentCardSignatureError[],
): AgentCardSignatureError {
  const [first] = TELLING.flatMap((code) =>
    failures.filter((one) => one.code === code),
  );
  return (
    first ?? new AgentCardSignatureError('not-signed', 'The card is not signed')
  );
}
