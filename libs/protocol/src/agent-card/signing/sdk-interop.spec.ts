import { execFileSync } from 'node:child_process';
import { type AgentCard } from '../agent-card.js';
import { type CardPayloadForm } from './card-payload.js';
import { publicJwkOf } from './json-web-key.js';
import { newKeyPair } from './new-key-pair.js';
import { signAgentCard } from './sign-agent-card.js';
import { createSigningKey } from './signing-keys.js';
import { verifyAgentCard } from './verify-agent-card.js';

/**
 * The official SDK, in a process of its own: it needs modules that Jest does not
 * load. It is given cards as JSON, as they are on the wire: of the objects that
 * it makes of them itself it neither signs nor verifies the security schemes.
 */
const SDK = `
import { generateAgentCardSignature, verifyAgentCardSignature } from '@a2a-js/sdk';
import { readFileSync } from 'node:fs';

console.debug = () => {};
const { card, key, alg, kid } = JSON.parse(readFileSync(0, 'utf8'));

const sign = async () => {
  const header = { alg, kid, typ: 'JOSE' };
  return generateAgentCardSignature(key, header)(card);
};
const verify = () =>
  verifyAgentCardSignature(async (named) => {
    if (named !== kid) throw new Error('unknown key');
    return key;
  })(card).then(() => true, () => false);

console.log(JSON.stringify(await (process.argv[1] === 'sign' ? sign() : verify())));
`;

function sdk(what: 'sign' | 'verify', input: object): any {
  const args = ['--input-type=module', '-e', SDK, what];
  const output = execFileSync(process.execPath, args, {
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

const FULL: AgentCard = {
  name: 'Reports – 報告 😀',
  description: 'Writes "reports".',
  version: '1.0.0',
  supportedInterfaces: [
    {
      url: 'https://a.example',
      protocolBinding: 'JSONRPC',
      protocolVersion: '1.0',
      tenant: 'acme',
    },
  ],
  provider: { url: 'https://example.com', organization: 'Example' },
  iconUrl: 'https://example.com/icon.png',
  capabilities: {
    streaming: true,
    pushNotifications: false,
    extensions: [
      {
        uri: 'https://example.com/ext',
        required: false,
        params: { depth: 1.5, names: ['b', 'a'], on: false },
      },
    ],
  },
  securitySchemes: {
    bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
    oauth: {
      oauth2SecurityScheme: {
        flows: {
          clientCredentials: {
            tokenUrl: 'https://id.example/token',
            scopes: { read: 'Read.' },
          },
        },
      },
    },
  },
  securityRequirements: [{ schemes: { oauth: { list: ['read'] } } }],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 'a', name: 'A', description: 'Does A.', tags: ['a'] }],
};

/** With values that the SDK leaves out of what it signs. */
const SPARSE: AgentCard = {
  ...FULL,
  description: '',
  skills: [],
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
};

const PAIRS = {
  ES256: newKeyPair('ec', { namedCurve: 'P-256' }),
  EdDSA: newKeyPair('ed25519'),
  RS256: newKeyPair('rsa', { modulusLength: 2048 }),
};

describe.each(['ES256', 'EdDSA', 'RS256'] as const)(
  'the official SDK with %s',
  (alg) => {
    const { privateKey, publicKey } = PAIRS[alg];
    const kid = 'key-1';
    const ours = createSigningKey({ key: privateKey, kid });
    const verifyBySdk = (card: object) =>
      sdk('verify', { card, key: publicJwkOf(publicKey), alg, kid });

    it('believes the signature of ours', () => {
      expect(verifyBySdk(signAgentCard(FULL, [ours]))).toBe(true);
      const signed = signAgentCard(FULL, [ours]);
      expect(verifyBySdk({ ...signed, name: 'Other' })).toBe(false);
    });

    it('signs what we believe', () => {
      for (const card of [FULL, SPARSE]) {
        const key = privateKey.export({ format: 'jwk' });
        const signed = sdk('sign', { card, key, alg, kid });
        const keys = [{ key: publicKey, kid }];
        expect(verifyAgentCard(signed, { keys }).kid).toBe(kid);
        signed.version = '6';
        expect(() => verifyAgentCard(signed, { keys })).toThrow(
          expect.objectContaining({ code: 'signature-invalid' }),
        );
      }
    });
  },
);

it('takes a second signature for the SDK to believe a card with empty members', () => {
  const ours = createSigningKey({ key: PAIRS.ES256.privateKey, kid: 'k' });
  const key = publicJwkOf(PAIRS.ES256.publicKey);
  const answer = (forms: CardPayloadForm[]) => {
    const card = signAgentCard(SPARSE, [ours], { forms });
    return sdk('verify', { card, key, alg: 'ES256', kid: 'k' });
  };
  expect(answer(['specified'])).toBe(false);
  expect(answer(['specified', 'stripped'])).toBe(true);
});
