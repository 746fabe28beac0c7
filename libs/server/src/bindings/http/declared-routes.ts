import {
  type RequestMethod,
  type Type,
  type VersioningOptions,
} from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { joinPath } from './paths.js';

/** A route as its controller declares it: without prefix and version. */
export interface DeclaredRoute {
  readonly method: RequestMethod;
  /** With a leading slash. */
  readonly pattern: string;
  /** Class and method, for errors. */
  readonly name: string;
  /** `undefined` where neither the method nor the class says one. */
  readonly version: VersioningOptions['defaultVersion'];
}

const PATH_METADATA = 'path';
const METHOD_METADATA = 'method';
const VERSION_METADATA = '__version__';

/** The routes that a controller class declares. */
export function routesOf(
  controller: Type<unknown>,
  base: string,
): DeclaredRoute[] {
  const paths = pathsOf(controller);
  const prototype = controller.prototype as Record<string, object>;
  const names = new MetadataScanner().getAllMethodNames(prototype);
  return names.flatMap((name) => {
    const handler = prototype[name];
    if (!handler || !Reflect.hasMetadata(METHOD_METADATA, handler)) {
      return [];
    }
    const route: Omit<DeclaredRoute, 'pattern'> = {
      method: Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod,
      version: versionOf(handler) ?? versionOf(controller),
      name: `${controller.name}.${name}`,
    };
    return paths.flatMap((path) =>
      pathsOf(handler).map((subPath) => ({
        ...route,
        pattern: joinPath(base, path, subPath) || '/',
      })),
    );
  });
}

function versionOf(target: object): VersioningOptions['defaultVersion'] {
  return Reflect.getMetadata(
    VERSION_METADATA,
    target,
  ) as VersioningOptions['defaultVersion'];
}

function pathsOf(target: object): string[] {
  const path = Reflect.getMetadata(PATH_METADATA, target) as
    string | string[] | undefined;
  return [path ?? ''].flat();
}
