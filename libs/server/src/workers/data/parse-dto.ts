import { type JsonValue } from '@nest-a2a/protocol';
import { type Type } from '@nestjs/common';
import { type ValidationError, type ValidatorOptions } from 'class-validator';
import {
  type DataProblem,
  InvalidDataError,
  MissingValidatorError,
} from './data.errors.js';
import { pathOf } from './path-of.js';

/** What the class does not mention is a mistake of the caller. */
const STRICT: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
};

/** @throws InvalidDataError, MissingValidatorError */
export async function parseDto<T>(type: Type<T>, value: JsonValue): Promise<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'the data part must be an object';
    throw new InvalidDataError([{ path: '', message }]);
  }
  const { plainToInstance, validate } = await loadValidator();
  const instance = plainToInstance(type, value) as T & object;
  const errors = await validate(instance, STRICT);
  if (errors.length > 0) {
    throw new InvalidDataError(errors.flatMap((one) => problemsOf(one, [])));
  }
  return instance;
}

/** Loaded with the first use: it is a good part of the time that a process needs to start. */
async function loadValidator() {
  try {
    const [{ plainToInstance }, { validate }] = await Promise.all([
      import('class-transformer'),
      import('class-validator'),
    ]);
    return { plainToInstance, validate };
  } catch (error) {
    throw new MissingValidatorError(error);
  }
}

function problemsOf(
  { property, constraints = {}, children = [] }: ValidationError,
  above: readonly string[],
): DataProblem[] {
  const keys = [...above, property];
  const path = pathOf(keys);
  return [
    ...Object.values(constraints).map((message) => ({ path, message })),
    ...children.flatMap((child) => problemsOf(child, keys)),
  ];
}
