import {
  type A2AError,
  type A2AErrorCode,
  bodyTooLarge,
  contentTypeNotSupported,
  extendedAgentCardNotConfigured,
  extensionSupportRequired,
  forbidden,
  HTTP_ERRORS,
  internalError,
  type Operation,
  OPERATIONS,
  invalidParam,
  invalidRequest,
  parseError,
  pushNotificationNotSupported,
  rateLimited,
  taskNotCancelable,
  taskNotFound,
  toHttpErrorBody,
  unauthenticated,
  unavailable,
  unsupportedOperation,
  versionNotSupported,
} from '@nest-a2a/protocol';
import { RETRY_AFTER_SECONDS } from '../runtime/retry-after.js';
import { EXAMPLE_TASK_ID } from './examples.js';
import { headersOf } from './headers.js';
import { jsonContent } from './json-content.js';
import {
  type Answer,
  type Example,
  type Reference,
  schemaRef,
} from './open-api.js';
import { OPERATION_DOCS } from './operation-docs.js';

/** An error of each kind that HTTP+JSON answers for an operation. */
function exampleErrors(maxBodyBytes: number): readonly A2AError[] {
  return [
    taskNotFound(EXAMPLE_TASK_ID),
    taskNotCancelable(EXAMPLE_TASK_ID, 'TASK_STATE_COMPLETED'),
    pushNotificationNotSupported(),
    unsupportedOperation('The task is finished'),
    contentTypeNotSupported('image/png'),
    extendedAgentCardNotConfigured(),
    extensionSupportRequired('https://example.com/extensions/needed'),
    versionNotSupported('2.0', ['1.0']),
    parseError(),
    invalidRequest(),
    invalidParam('message.parts', 'Is required'),
    internalError(),
    unauthenticated(),
    forbidden(),
    bodyTooLarge(maxBodyBytes),
    rateLimited(RETRY_AFTER_SECONDS),
    unavailable(RETRY_AFTER_SECONDS),
  ];
}

const ALWAYS: readonly A2AErrorCode[] = [
  'INVALID_PARAMS',
  'INVALID_REQUEST',
  'VERSION_NOT_SUPPORTED',
  'EXTENSION_SUPPORT_REQUIRED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'INTERNAL',
  'UNAVAILABLE',
];

const WITH_BODY: readonly A2AErrorCode[] = [
  'PARSE_ERROR',
  'CONTENT_TYPE_NOT_SUPPORTED',
  'BODY_TOO_LARGE',
];

const nameOf = (code: string) => `A2A_${code}`;

/** The examples of errors, by the names of their components. */
export function errorExamples(maxBodyBytes: number): Record<string, Example> {
  return Object.fromEntries(
    exampleErrors(maxBodyBytes).map((error) => [
      nameOf(error.code),
      { summary: error.message, value: toHttpErrorBody(error) },
    ]),
  );
}

interface Failing {
  readonly operation: Operation;
  /** Whether it is asked with a body. */
  readonly hasBody: boolean;
}

function codesOf({ operation, hasBody }: Failing): readonly A2AErrorCode[] {
  const { errors } = OPERATION_DOCS[operation];
  return [...errors, ...ALWAYS, ...(hasBody ? WITH_BODY : [])];
}

function statusesOf(codes: readonly A2AErrorCode[]): number[] {
  return [...new Set(codes.map((code) => HTTP_ERRORS[code]))].sort();
}

/** What is wrong with a request depends on the operation; the other statuses mean the same for all. */
function answerName(status: number, { operation, hasBody }: Failing): string {
  const kind = hasBody ? operation : `${operation}WithoutBody`;
  return status === 400 ? `A2A.400.${kind}` : `A2A.${status}`;
}

/** The errors that an operation answers, by their HTTP status. */
export function errorAnswers(failing: Failing): Record<string, Reference> {
  return Object.fromEntries(
    statusesOf(codesOf(failing)).map((status) => [
      String(status),
      { $ref: `#/components/responses/${answerName(status, failing)}` },
    ]),
  );
}

/** Those answers as components. */
export function errorAnswerComponents(): Record<string, Answer> {
  const failing = OPERATIONS.flatMap((operation): Failing[] => [
    { operation, hasBody: true },
    { operation, hasBody: false },
  ]);
  return Object.fromEntries(
    failing.filter(isAsked).flatMap((one) => {
      const codes = codesOf(one);
      return statusesOf(codes).map((status) => [
        answerName(status, one),
        answerOf(
          status,
          codes.filter((code) => HTTP_ERRORS[code] === status),
        ),
      ]);
    }),
  );
}

/** Whether a route asks so: one that has a request is always a POST, and a subscription is either. */
function isAsked({ operation, hasBody }: Failing): boolean {
  const { request } = OPERATION_DOCS[operation];
  return operation === 'SubscribeToTask' || hasBody === (request !== undefined);
}

const HEADERS: Readonly<Partial<Record<number, string>>> = {
  401: 'WWW-Authenticate',
  429: 'Retry-After',
  503: 'Retry-After',
};

function answerOf(status: number, codes: readonly A2AErrorCode[]): Answer {
  const header = HEADERS[status];
  const examples = codes.map((code) => [
    code,
    { $ref: `#/components/examples/${nameOf(code)}` },
  ]);
  return {
    description: codes.join(', '),
    ...(header !== undefined && { headers: headersOf(header) }),
    content: jsonContent({
      schema: schemaRef('Error'),
      examples: Object.fromEntries(examples) as Record<
        string,
        { $ref: string }
      >,
    }),
  };
}
