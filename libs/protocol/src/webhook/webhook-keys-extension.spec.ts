import {
  toWebhookKeysExtension,
  WEBHOOK_KEYS_EXTENSION,
  webhookKeysUrlOf,
} from './webhook-keys-extension.js';

const URL_ = 'https://agents.example.com/.well-known/keys.json';

describe('where the keys of webhooks are', () => {
  it('is read from where it was written', () => {
    const extensions = [{ uri: 'urn:other' }, toWebhookKeysExtension(URL_)];
    expect(webhookKeysUrlOf({ capabilities: { extensions } })).toBe(URL_);
  });

  it.each([
    [{}],
    [{ extensions: [] }],
    [{ extensions: [{ uri: 'urn:other', params: { jwksUrl: URL_ } }] }],
    [{ extensions: [{ uri: WEBHOOK_KEYS_EXTENSION }] }],
    [{ extensions: [{ uri: WEBHOOK_KEYS_EXTENSION, params: { jwksUrl: 7 } }] }],
    [
      {
        extensions: [
          { uri: WEBHOOK_KEYS_EXTENSION, params: { jwksUrl: '/x' } },
        ],
      },
    ],
  ])('is not said by %j', (capabilities) => {
    expect(webhookKeysUrlOf({ capabilities })).toBeUndefined();
  });
});
