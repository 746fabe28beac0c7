import { type Type } from '@nestjs/common';

/** A schema of any library that follows Standard Schema, such as Zod, Valibot or ArkType. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) => StandardResult<T> | Promise<StandardResult<T>>;
    readonly types?:
      { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** What a Standard Schema says of a value. */
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** What a Standard Schema finds wrong. */
export interface StandardIssue {
  readonly message: string;
  readonly path?:
    readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What data have to be: a class with decorators of `class-validator`, or a Standard Schema. */
export type DataSchema<T> = Type<T> | StandardSchema<T>;
