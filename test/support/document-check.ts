import { Ajv, type ValidateFunction } from 'ajv';
import { VERSION } from './a2a-http.js';

/** An OpenAPI document as it was served. */
export interface ServedDocument {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, any>>;
  readonly components: Record<string, Record<string, any>>;
  readonly tags?: { name: string }[];
}

/** What an agent has answered, after it was held against the document. */
export interface CheckedAnswer {
  readonly operationId: string;
  readonly status: number;
  /** The body, or the data of every event. */
  readonly body: any;
}

export interface CheckedRequest {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Called when the head of the answer is there, which of a stream is the first event. */
  readonly opened?: () => void;
}

/** Calls an agent and holds what it answers against what its document says. */
export class DocumentCheck {
  private readonly ajv = new Ajv({
    ownProperties: true,
    strict: false,
    validateFormats: false,
  });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(
    readonly url: string,
    readonly document: ServedDocument,
  ) {
    this.ajv.addSchema({ $id: 'doc', components: document.components });
  }

  /** Asserts that the answer is one that the document has for the operation. */
  async call(
    method: string,
    path: string,
    { body, headers = {}, opened = () => undefined }: CheckedRequest = {},
  ): Promise<CheckedAnswer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...VERSION,
        ...(body !== undefined && { 'Content-Type': 'application/a2a+json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    opened();
    const operation = this.operationAt(method, path);
    const { status } = response;
    const documented = this.resolve(operation.responses[String(status)]);
    expect({ status, documented }).toEqual({
      status,
      documented: expect.anything(),
    });
    const text = await response.text();
    const mediaType = response.headers.get('content-type')?.split(';')[0];
    const { operationId } = operation;
    if (!documented.content) {
      expect(text).toBe('');
      return { operationId, status, body: undefined };
    }
    const content = documented.content[mediaType ?? ''];
    expect({ mediaType, content }).toEqual({
      mediaType,
      content: expect.anything(),
    });
    const values =
      mediaType === 'text/event-stream' ? eventsIn(text) : [JSON.parse(text)];
    for (const value of values) {
      expect(this.problems(content.schema, value)).toEqual([]);
    }
    return {
      operationId,
      status,
      body: mediaType === 'text/event-stream' ? values : values[0],
    };
  }

  private resolve(answer: any): any {
    const name = answer?.$ref?.split('/').at(-1);
    return name ? this.document.components.responses?.[name] : answer;
  }

  /** Whether a body is one that the document allows. */
  allows(method: string, path: string, body: unknown): boolean {
    const { requestBody } = this.operationAt(method, path);
    const { schema } = requestBody.content['application/a2a+json'];
    return this.problems(schema, body).length === 0;
  }

  /** What is wrong with a value. */
  problems(schema: object, value: unknown): string[] {
    const key = JSON.stringify(schema);
    const validate =
      this.compiled.get(key) ??
      this.ajv.compile(JSON.parse(key.replaceAll('"#/', '"doc#/')));
    this.compiled.set(key, validate);
    return validate(value)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message }) => `${instancePath} ${message}`,
        );
  }

  /** The operation that the document has for a request; the one with the most that is literal. */
  operationAt(method: string, target: string): any {
    const path = target.split('?')[0] ?? '';
    const literal = (template: string) => template.replace(/\{\w+\}/g, '');
    const [found] = Object.entries(this.document.paths)
      .filter(([template, item]) => {
        const source = template
          .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
          .replace(/\{\w+\}/g, '[^/]+');
        const isHere = new RegExp(`^${source}$`).test(path);
        return isHere && item[method.toLowerCase()];
      })
      .sort(([a], [b]) => literal(b).length - literal(a).length);
    if (!found) throw new Error(`The document has no ${method} ${path}`);
    return found[1][method.toLowerCase()];
  }

  /** Every operation: method and path. */
  get operations(): string[] {
    return Object.entries(this.document.paths)
      .flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
      )
      .sort();
  }
}

function eventsIn(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)));
}
