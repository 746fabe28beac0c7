import { jsonObject, jsonValue, metadata } from './json-value.js';
import { list, object, optional, record, required } from './object.js';
import { oneOf } from './one-of.js';
import {
  base64,
  boolean,
  enumeration,
  id,
  integer,
  nonEmptyText,
  text,
  timestamp,
} from './scalars.js';

/**
 * The building blocks of parsers, for everything that is read from outside in
 * the manner of the protocol: requests, answers, module options.
 */
export const schema = Object.freeze({
  base64,
  boolean,
  enumeration,
  id,
  integer,
  jsonObject,
  jsonValue,
  list,
  metadata,
  nonEmptyText,
  object,
  oneOf,
  optional,
  record,
  required,
  text,
  timestamp,
});
