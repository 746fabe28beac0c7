import { type Parser, schema } from '@nest-a2a/protocol';
import { type TenantPushOptions } from './a2a-module-options.js';
import { group } from './option-names.js';

const { boolean, list, nonEmptyText, optional, record } = schema;

/** What differs for single tenants. */
export const tenantsParser: Parser<Record<string, TenantPushOptions>> = record(
  group<TenantPushOptions>({
    allow: optional(list(nonEmptyText)),
    deny: optional(list(nonEmptyText)),
    requireAllowlist: optional(boolean),
  }),
);
