/**
 * The extension of agent cards that says how an agent delivers webhooks. A
 * client that registers one may choose for it, by declaring the URI with an
 * RFC 8141 q-component: `urn:nest-a2a:webhooks:v1?=select=terminal&coalesce=true`.
 */
export const WEBHOOK_EXTENSION = 'urn:nest-a2a:webhooks:v1';

const CHOICE_PREFIX = `${WEBHOOK_EXTENSION}?=`;

/** Which events a webhook gets, see the option `push.select` of a server. */
export const WEBHOOK_SELECTIONS = [
  'updates',
  'status',
  'terminal',
  'all',
] as const;

/** One of {@link WEBHOOK_SELECTIONS}. */
export type WebhookSelection = (typeof WEBHOOK_SELECTIONS)[number];

/** What a client chooses for its webhook; what it leaves out is as the agent has it. */
export interface WebhookChoice {
  readonly select?: WebhookSelection;
  /** Whether one task may take the place of the updates that wait. */
  readonly coalesce?: boolean;
}

/** The URI that declares a choice; one of nothing is no declaration. */
export function toWebhookChoiceUri(choice: WebhookChoice): string {
  const { select, coalesce } = choice;
  const query = new URLSearchParams({
    ...(select !== undefined && { select }),
    ...(coalesce !== undefined && { coalesce: String(coalesce) }),
  });
  return CHOICE_PREFIX + query.toString();
}

/** The choice that a URI declares; `undefined` for any other URI, and for one with something unknown in it. */
export function parseWebhookChoice(uri: string): WebhookChoice | undefined {
  if (!uri.startsWith(CHOICE_PREFIX)) {
    return undefined;
  }
  const query = new URLSearchParams(uri.slice(CHOICE_PREFIX.length));
  const choice: { -readonly [K in keyof WebhookChoice]: WebhookChoice[K] } = {};
  for (const [name, value] of query) {
    const select = WEBHOOK_SELECTIONS.find((one) => one === value);
    if (name === 'select' && select && choice.select === undefined) {
      choice.select = select;
    } else if (
      name === 'coalesce' &&
      /^(true|false)$/.test(value) &&
      choice.coalesce === undefined
    ) {
      choice.coalesce = value === 'true';
    } else {
      return undefined;
    }
  }
  return query.size > 0 ? choice : undefined;
}
