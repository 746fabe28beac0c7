import { type ErrorDetail } from '../errors/error-details.js';
import { type FieldViolation } from '../errors/field-violation.js';
import { GRPC_ERRORS } from '../errors/grpc-errors.js';
import { type HttpErrorBody } from '../errors/http-errors.js';
import {
  type JsonSchema,
  listOf,
  mapOf,
  needed,
  objectSchema,
} from './json-schema.js';
import { names, nonEmptyText, text } from './scalar-schemas.js';
import { type SchemaTools } from './wire-schema-parts.js';

type ErrorInfo = Extract<ErrorDetail, { reason: string }>;
type BadRequest = Exclude<ErrorDetail, ErrorInfo>;

const STATUSES = [
  ...new Set(Object.values(GRPC_ERRORS).map(({ status }) => status)),
];

function typeName(name: ErrorDetail['@type']): JsonSchema {
  return names([name]);
}

/** Errors of HTTP+JSON, in the form of `google.rpc.Status` (A2A §11.6). */
export function errorSchemas({ ref }: SchemaTools) {
  return {
    Error: objectSchema<HttpErrorBody>('Why a request was refused.', {
      error: needed(
        objectSchema<HttpErrorBody['error']>('The form of google.rpc.Status.', {
          code: needed({
            type: 'integer',
            description: 'Equal to the HTTP status.',
          }),
          status: needed(names(STATUSES)),
          message: needed(nonEmptyText('For people.')),
          details: needed(
            listOf({ oneOf: [ref('ErrorInfo'), ref('BadRequest')] }),
          ),
        }),
      ),
    }),
    ErrorInfo: objectSchema<ErrorInfo>('Which error of A2A it is.', {
      '@type': needed(typeName('type.googleapis.com/google.rpc.ErrorInfo')),
      reason: needed(nonEmptyText('Name of the error.')),
      domain: needed(nonEmptyText()),
      metadata: needed(mapOf(text(), 'Facts of the error.')),
    }),
    BadRequest: objectSchema<BadRequest>('Which fields are wrong.', {
      '@type': needed(typeName('type.googleapis.com/google.rpc.BadRequest')),
      fieldViolations: needed(
        listOf(
          objectSchema<FieldViolation>('A field that is wrong.', {
            field: needed(text('Path of the field; empty for the whole.')),
            description: needed(nonEmptyText()),
          }),
        ),
      ),
    }),
  };
}
