import {
  authorizationCheck,
  type SecretCheck,
  tokenCheck,
} from './secret-check.js';
import { type KeySetAccess } from './remote-key-set.js';
import { RemoteKeySets } from './sender-keys.js';
import {
  jwtCheck,
  type SignatureCheck,
  signatureCheck,
} from './signature-check.js';
import { type WebhookReceiverOptions } from './webhook-receiver-options.js';

/** What a webhook has to pass, in the order of what it costs. */
export interface WebhookChecks {
  /** Need the headers. */
  readonly secrets: readonly SecretCheck[];
  /** Need the bytes of the body. */
  readonly signatures: readonly SignatureCheck[];
  /** Need to know what it is about. */
  readonly lookups: readonly SecretCheck[];
}

/** @throws TypeError for options that cannot work, and where nothing is checked */
export function createChecks(
  options: WebhookReceiverOptions,
  access: KeySetAccess,
): WebhookChecks {
  const { token, authorization, signature, jwt } = options;
  if (authorization !== undefined && jwt !== undefined) {
    throw new TypeError(
      'authorization and jwt are about the same header: choose one of them',
    );
  }
  const remote = new RemoteKeySets(access);
  const secrets = [
    ...(token === undefined ? [] : [tokenCheck(token)]),
    ...(authorization === undefined ? [] : [authorizationCheck(authorization)]),
  ];
  const signatures = [
    ...(signature === undefined ? [] : [signatureCheck(signature, remote)]),
    ...(jwt === undefined ? [] : [jwtCheck(jwt, remote)]),
  ];
  assertChosen(secrets.length + signatures.length, options);
  return {
    secrets: secrets.filter(({ isPerRegistration }) => !isPerRegistration),
    signatures,
    lookups: secrets.filter(({ isPerRegistration }) => isPerRegistration),
  };
}

function assertChosen(
  count: number,
  { acceptUnverified = false }: WebhookReceiverOptions,
): void {
  if (count === 0 && !acceptUnverified) {
    throw new TypeError(
      'A webhook receiver must know who sends: give it token, authorization, signature or jwt. ' +
        'acceptUnverified: true takes webhooks from anybody.',
    );
  }
  if (count > 0 && acceptUnverified) {
    throw new TypeError('acceptUnverified is of no use beside a check');
  }
}
