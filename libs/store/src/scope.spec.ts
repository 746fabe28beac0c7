import { mayAccess, type Scope, scopeKey, SYSTEM_CONTEXT } from './scope.js';

const OWNER: Scope = { agent: 'a', tenant: 't', principal: 'p' };

describe('mayAccess', () => {
  it('lets the owner and the system through', () => {
    expect(mayAccess({ ...OWNER }, OWNER)).toBe(true);
    expect(mayAccess(SYSTEM_CONTEXT.access, OWNER)).toBe(true);
  });

  it('lets nobody through who differs in one member, by case or by a prefix', () => {
    for (const member of ['agent', 'tenant', 'principal'] as const) {
      for (const value of [
        '',
        'x',
        OWNER[member].toUpperCase(),
        `${OWNER[member]} `,
      ]) {
        expect(mayAccess({ ...OWNER, [member]: value }, OWNER)).toBe(false);
      }
    }
  });
});

describe('scopeKey', () => {
  it('makes different keys of different parts, whatever is in them', () => {
    const texts = ['', 'a', 'b', 'ab', '"', '","', '\\', '\u0000', '[', ']'];
    const keys = new Set<string>();
    let count = 0;
    for (const agent of texts) {
      for (const tenant of texts) {
        for (const principal of texts) {
          keys.add(scopeKey({ agent, tenant, principal }));
          keys.add(scopeKey({ agent, tenant, principal }, agent, tenant));
          count += 2;
        }
      }
    }
    expect(keys.size).toBe(count);
  });

  it('makes the same key of the same parts', () => {
    expect(scopeKey({ ...OWNER }, 'x')).toBe(scopeKey(OWNER, 'x'));
  });
});
