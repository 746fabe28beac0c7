import { jsonObject, jsonValue, metadata } from './json-value.js';
import { list } from './list.js';
import {
  expected,
  object,
  optional,
  optionalText,
  record,
  required,
} from './object.js';
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
  expected,
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
  optionalText,
  record,
  required,
  text,
  timestamp,
});
