import fc from 'fast-check';

/** Values that nobody in their right mind would send. */
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  '\0',
  '\uD800',
  '💥'.repeat(300),
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00%0d%0aX-Injected: 1',
  "' OR 1=1 --",
  '$ne',
  [],
  [[[[]]]],
  {},
  { length: -1 },
  { toString: 'x', valueOf: 1, toJSON: 'x' },
  { then: 'x' },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}'),
];

const KEYS = [
  ...['__proto__', 'constructor', 'toJSON', 'then', ''],
  ...['id', 'kind', 'tenant', 'taskId', 'task_id'],
];

/** A change to one place of a JSON value. */
interface Mutation {
  /** Which place, counted through all of them. */
  readonly place: number;
  readonly how: 'replace' | 'remove' | 'add' | 'repeat' | 'wrap';
  readonly key: string;
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'add', 'repeat', 'wrap'),
  key: fc.constantFrom(...KEYS),
  value: fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.jsonValue()),
});

/** A good body that was changed in some places, also in none. */
export function mutated(good: unknown): fc.Arbitrary<unknown> {
  return fc
    .array(mutation, { maxLength: 4 })
    .map((mutations) => mutations.reduce(apply, good));
}

function apply(body: unknown, change: Mutation): unknown {
  const target = change.place % countOf(body);
  let place = -1;
  const visit = (value: unknown): unknown => {
    place += 1;
    const isHere = place === target;
    const inner = mapped(value, visit);
    return isHere ? changed(inner, change) : inner;
  };
  return visit(body);
}

function countOf(value: unknown): number {
  return entriesOf(value).reduce((sum, [, item]) => sum + countOf(item), 1);
}

const entriesOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const REMOVED = Symbol('removed');

function mapped(value: unknown, visit: (item: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = entriesOf(value)
    .map(([key, item]) => [key, visit(item)] as const)
    .filter(([, item]) => item !== REMOVED);
  return Array.isArray(value)
    ? entries.map(([, item]) => item)
    : Object.fromEntries(entries);
}

function changed(value: unknown, { how, key, value: other }: Mutation) {
  if (how === 'replace') return other;
  if (how === 'remove') return REMOVED;
  if (how === 'wrap') return [value];
  if (how === 'repeat' && Array.isArray(value)) return [...value, ...value];
  return Array.isArray(value)
    ? [...(value as unknown[]), other]
    : Object.fromEntries([...entriesOf(value), [key, other]]);
}

/** A text of which some was cut or replaced. */
export function garbled(text: string): fc.Arbitrary<string> {
  return fc
    .record({
      from: fc.nat(text.length),
      cut: fc.nat(8),
      noise: fc.constantFrom(...['', '"', '}', '\\u', '\0', '9'.repeat(400)]),
    })
    .map(
      ({ from, cut, noise }) =>
        text.slice(0, from) + noise + text.slice(from + cut),
    );
}
