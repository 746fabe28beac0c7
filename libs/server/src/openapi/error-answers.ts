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
import { type Answer, type Example, schemaRef } from './open-api.js';

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

/** The errors that an operation answers, by their HTTP status. */
export function errorAnswers(
  own: readonly A2AErrorCode[],
  { hasBody }: { hasBody: boolean },
): Record<string, Answer> {
  const codes = [...own, ...ALWAYS, ...(hasBody ? WITH_BODY : [])];
  const statuses = [...new Set(codes.map((code) => HTTP_ERRORS[code]))];
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      answerOf(
        status,
        codes.filter((code) => HTTP_ERRORS[code] === status),
      ),
    ]),
  );
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
