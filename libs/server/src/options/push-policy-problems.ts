import { admitUrl } from '@nest-a2a/egress';
import { type FieldViolation } from '@nest-a2a/protocol';
import {
  type PushOptions,
  type TenantPushOptions,
} from './a2a-module-options.js';

/** Entries of address lists that cannot be read: they would open or close nothing. */
export function policyProblems(
  push: Pick<PushOptions, 'allow' | 'deny' | 'tenants'>,
): FieldViolation[] {
  const ofTenants = Object.entries(push.tenants).flatMap(([tenant, own]) =>
    listProblems(own, `push.tenants.${tenant}`),
  );
  return [...listProblems(push, 'push'), ...ofTenants];
}

function listProblems(lists: TenantPushOptions, at: string): FieldViolation[] {
  return (['allow', 'deny'] as const).flatMap((list) => {
    try {
      admitUrl('https://example.com', { [list]: lists[list] });
      return [];
    } catch (error) {
      return error instanceof TypeError
        ? [{ field: `${at}.${list}`, description: error.message }]
        : [];
    }
  });
}
