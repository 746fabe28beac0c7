import { type JsonValue } from '@nest-a2a/protocol';
import { type Type } from '@nestjs/common';
import { type ValidationError, type ValidatorOptions } from 'class-validator';
import { type DataProblem, InvalidDataError } from './data.errors.js';
import { pathOf } from './path-of.js';
import { loadValidator } from './validator-packages.js';

/** What the class does not mention is a mistake of the caller. */
const STRICT: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
};

/** Objects and lists in a data part: checking 10,000 takes a quarter of a second, in which a process does nothing else. */
const MAX_NODES = 10_000;

/** @throws InvalidDataError, MissingValidatorError; TypeError for a class without decorators */
export async function parseDto<T>(type: Type<T>, value: JsonValue): Promise<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'the data part must be an object';
    throw new InvalidDataError([{ path: '', message }]);
  }
  if (hasMoreNodes(value, MAX_NODES)) {
    const message = `there are more than ${MAX_NODES} objects and lists in it`;
    throw new InvalidDataError([{ path: '', message }]);
  }
  const { plainToInstance, validate } = await loadValidator();
  const instance = plainToInstance(type, value) as T & object;
  const errors = await validate(instance, STRICT);
  if (errors.some(({ constraints }) => constraints?.unknownValue)) {
    throw new TypeError(
      `${type.name} has no decorators of class-validator: nothing can be checked`,
    );
  }
  if (errors.length > 0) {
    throw new InvalidDataError(errors.flatMap((one) => problemsOf(one, [])));
  }
  return instance;
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

function hasMoreNodes(value: JsonValue, max: number): boolean {
  const nodes: JsonValue[] = [value];
  for (const node of nodes) {
    if (nodes.length > max) return true;
    if (typeof node === 'object' && node !== null) {
      const inner = Object.values(node).filter(
        (one): one is JsonValue & object =>
          typeof one === 'object' && one !== null,
      );
      for (const one of inner) nodes.push(one);
    }
  }
  return nodes.length > max;
}
