import { Ajv } from 'ajv';
import fc from 'fast-check';
import {
  type ValidationLimits,
  type WireSchemaName,
  wireSchemas,
} from '../src/index.js';

/** Asks a JSON Schema validator that knows nothing of our parsers. */
export class SchemaCheck {
  private readonly ajv = new Ajv({
    ownProperties: true,
    strict: false,
    validateFormats: false,
  });

  constructor(limits?: ValidationLimits) {
    const schemas = wireSchemas({
      ...(limits && { limits }),
      ref: (name) => `wire#/definitions/${name}`,
    });
    this.ajv.addSchema({ $id: 'wire', definitions: schemas });
  }

  /** What is wrong with a value; empty where nothing is. */
  problems(name: WireSchemaName, value: unknown): string[] {
    const validate = this.ajv.getSchema(`wire#/definitions/${name}`)!;
    return validate(value)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message }) => `${instancePath} ${message}`,
        );
  }

  accepts(name: WireSchemaName, value: unknown): boolean {
    return this.problems(name, value).length === 0;
  }
}

/** What may stand in the place of any member. */
const STRANGE: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 31, 7],
  ...['', ' ', '\u0000', 'a\u0085', '7', 'x'.repeat(600), '====', 'QQ', 'QQ=='],
  ...['ROLE_AGENT', 'TASK_STATE_UNSPECIFIED', 'TASK_STATE_WORKING', 'header'],
  ...['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05Z', '\u2028'],
  ...[[], {}, [[]], [{}], [null], [''], ['a'], { length: 1 }, { text: 'a' }],
  ...[{ list: ['a'] }, { schemes: {} }, { url: '' }, { text: 'a', raw: 'QQ' }],
];

const KEYS = ['text', 'data', 'raw', 'url', 'task', 'id', 'taskId', 'scheme'];

interface Change {
  readonly at: number;
  readonly key: string;
  readonly value: unknown;
  readonly kind: 'replace' | 'remove' | 'add';
}

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record<Change>({
    at: fc.nat(10_000),
    key: fc.constantFrom(...KEYS),
    value: fc.constantFrom(...STRANGE),
    kind: fc.constantFrom('replace', 'replace', 'remove', 'add'),
  }),
  { maxLength: 3 },
);

/** Values of a kind, of which many are changed in a few places. */
export function withChanges(values: fc.Arbitrary<unknown>) {
  return fc.tuple(values, changes).map(([value, list]) => {
    const copy = structuredClone(value);
    list.forEach((change) => apply(copy, change));
    return copy;
  });
}

function apply(root: unknown, { at, key, value, kind }: Change): void {
  const nodes = containersOf(root);
  const node = nodes[at % nodes.length];
  if (!node) return;
  const keys = Object.keys(node);
  const found = keys[Math.floor(at / nodes.length) % keys.length];
  if (kind === 'add' || found === undefined) {
    if (!Array.isArray(node)) node[key] = structuredClone(value);
  } else if (kind === 'remove' && !Array.isArray(node)) {
    delete node[found];
  } else {
    node[found] = structuredClone(value);
  }
}

function containersOf(value: unknown): Record<string, unknown>[] {
  return typeof value !== 'object' || value === null
    ? []
    : [
        value as Record<string, unknown>,
        ...Object.values(value).flatMap(containersOf),
      ];
}
