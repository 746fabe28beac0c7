import { isA2AError } from '../errors/a2a-error.js';
import { type Operation, OPERATIONS } from './operation.js';
import { parseRequest } from './parse-requests.js';

/** Random numbers from 0 to below 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const VALID = JSON.stringify({
  tenant: 'n1',
  id: 'p1',
  taskId: 't1',
  contextId: 'c1',
  url: 'https://a.example/hook',
  token: 's',
  authentication: { scheme: 'Bearer', credentials: 'c' },
  status: 'TASK_STATE_WORKING',
  pageSize: 10,
  pageToken: 'p',
  historyLength: 3,
  statusTimestampAfter: '2026-01-02T03:04:05.678Z',
  includeArtifacts: true,
  message: {
    messageId: 'm1',
    contextId: 'c1',
    taskId: 't1',
    role: 'ROLE_USER',
    parts: [
      { text: 'hi', mediaType: 'text/plain', metadata: { a: 1 } },
      { raw: 'QUJD', filename: 'a.txt' },
      { url: 'https://a.example/x' },
      { data: { a: [null, 1, 'x'] } },
    ],
    metadata: { b: [1] },
    extensions: ['https://a.example/ext'],
    referenceTaskIds: ['t0'],
  },
  configuration: {
    acceptedOutputModes: ['text/plain'],
    taskPushNotificationConfig: { url: 'https://a.example/hook' },
    historyLength: 1,
    returnImmediately: false,
  },
  metadata: { c: {} },
});

/** Texts, not values, so that `__proto__` becomes a key of its own. */
const HOSTILE = [
  ...['null', 'true', 'false', '0', '-1', '1.5', '1e400', '2147483648'],
  ...['""', '" "', '"\\u0000"', '"\\ud800"', '"__proto__"', '"===="', '"7"'],
  ...['[]', '{}', '[[]]', '[{}]', '[null]', '{"length":1}'],
  ...['{"__proto__":{"text":"a"}}', '{"constructor":{"prototype":{}}}'],
  ...['{"text":"a","raw":"QQ"}', '{"toString":1,"valueOf":1}'],
  ...['"2026-02-30T00:00:00Z"', '"TASK_STATE_UNSPECIFIED"', '"ROLE_AGENT"'],
  '['.repeat(5_000) + ']'.repeat(5_000),
  `"${'x'.repeat(100_000)}"`,
];

const KEYS = ['__proto__', 'constructor', 'toString', 'text', 'data', 'id', ''];

class Mutator {
  constructor(private readonly random: () => number) {}

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)]!;
  }

  /** Changes some members, anywhere below. */
  mutate(value: unknown, changes: number): unknown {
    let root = value;
    for (let i = 0; i < changes; i++) {
      const nodes = containersOf(root);
      if (nodes.length === 0 || this.random() < 0.02) {
        root = this.hostile();
      } else {
        this.change(this.pick(nodes));
      }
    }
    return root;
  }

  private hostile(): unknown {
    return JSON.parse(this.pick(HOSTILE));
  }

  private change(node: Record<string, unknown>): void {
    const keys = Object.keys(node);
    const key = this.random() < 0.15 ? this.pick(KEYS) : this.pick(keys);
    const roll = this.random();
    if (key === undefined || roll < 0.15) {
      define(node, this.pick(KEYS), this.hostile());
    } else if (roll < 0.3) {
      delete node[key];
    } else if (roll < 0.45) {
      const snake = key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
      define(node, snake, node[key]);
    } else if (roll < 0.55) {
      define(node, key, [node[key], this.hostile()]);
    } else {
      define(node, key, this.hostile());
    }
  }
}

function define(node: object, key: string, value: unknown): void {
  if (Array.isArray(node) && key === 'length') {
    return;
  }
  Object.defineProperty(node, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** The lists and objects of a value, without those below a depth that only hostile values have. */
function containersOf(value: unknown, depth = 8): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null || depth === 0) {
    return [];
  }
  const below = Object.values(value).flatMap((child) =>
    containersOf(child, depth - 1),
  );
  return [value as Record<string, unknown>, ...below];
}

function outcomeOf(operation: Operation, value: unknown): 'read' | 'refused' {
  let request: unknown;
  try {
    request = parseRequest(operation, value);
  } catch (error) {
    if (!isA2AError(error)) {
      throw error;
    }
    expect(error.code).toBe('INVALID_PARAMS');
    expect(error.violations.length).toBeGreaterThan(0);
    expect(error.violations.length).toBeLessThanOrEqual(20);
    for (const { field, description } of error.violations) {
      expect(typeof field).toBe('string');
      expect(description).toMatch(/^(Must|Is) /);
    }
    return 'refused';
  }
  expect(Object.getPrototypeOf(request)).toBe(Object.prototype);
  // What was read is valid itself, and reading it changes nothing.
  const copy: unknown = JSON.parse(JSON.stringify(request));
  expect(JSON.stringify(parseRequest(operation, copy))).toBe(
    JSON.stringify(request),
  );
  return 'read';
}

describe('parseRequest of random changes of valid requests', () => {
  it.each(OPERATIONS)(
    'reads or refuses %s, and does nothing else',
    (operation) => {
      const counts = { read: 0, refused: 0 };
      for (let seed = 1; seed <= 1_000; seed++) {
        const mutator = new Mutator(randomOf(seed));
        const value = mutator.mutate(JSON.parse(VALID), 1 + (seed % 6));
        try {
          counts[outcomeOf(operation, value)]++;
        } catch (cause) {
          throw new Error(`seed ${seed}`, { cause });
        }
      }
      // Both happen: the test looks at something.
      expect(counts.read).toBeGreaterThan(50);
      expect(counts.refused).toBeGreaterThan(20);
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );
});
