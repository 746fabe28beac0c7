import {
  parseWebhookChoice,
  toWebhookChoiceUri,
  WEBHOOK_EXTENSION,
  WEBHOOK_SELECTIONS,
} from './webhook-extension.js';

describe('the choice of a client for its webhook', () => {
  it.each([
    ...WEBHOOK_SELECTIONS.map((select) => ({ select })),
    { coalesce: true },
    { coalesce: false },
    { select: 'terminal', coalesce: true } as const,
  ])('is %j in a URI and back', (choice) => {
    expect(parseWebhookChoice(toWebhookChoiceUri(choice))).toEqual(choice);
  });

  it('is a query behind the name of the extension', () => {
    expect(toWebhookChoiceUri({ select: 'terminal', coalesce: true })).toBe(
      'urn:nest-a2a:webhooks:v1?=select=terminal&coalesce=true',
    );
    expect(
      parseWebhookChoice(`${WEBHOOK_EXTENSION}?=coalesce=true&select=all`),
    ).toEqual({ select: 'all', coalesce: true });
  });

  it.each([
    WEBHOOK_EXTENSION,
    toWebhookChoiceUri({}),
    `${WEBHOOK_EXTENSION}?select=all`,
    `${WEBHOOK_EXTENSION}?=select=everything`,
    `${WEBHOOK_EXTENSION}?=select=all&select=status`,
    `${WEBHOOK_EXTENSION}?=coalesce=1`,
    `${WEBHOOK_EXTENSION}?=coalesce=true&coalesce=true`,
    `${WEBHOOK_EXTENSION}?=select=all&color=red`,
    'urn:nest-a2a:webhooks:v2?=select=all',
    'https://example.com/ext/v1',
    '',
  ])('is not %j', (uri) => {
    expect(parseWebhookChoice(uri)).toBeUndefined();
  });
});
