import { type CanActivate, type Type } from '@nestjs/common';

/** What the routes of one agent are made from. */
export interface ControllerOptions {
  readonly agent: string;
  /** Below the global prefix. */
  readonly path: string;
  readonly hasTenants: boolean;
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
}

/** Metadata key that tells our controllers from those of the application. */
export const A2A_CONTROLLER = Symbol.for('@nest-a2a/server:CONTROLLER');

/** Metadata key by which `@nestjs/swagger` leaves a controller out: these routes are the protocol's, not the application's. */
export const SWAGGER_EXCLUDE = 'swagger/apiExcludeController';
