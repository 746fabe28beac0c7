import {
  Inject,
  Injectable,
  RequestMethod,
  type Type,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryService,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import { A2AWebhookGuard } from './a2a-webhook.guard.js';
import { A2A_WEBHOOK_CONTROLLER } from './webhook.controller.js';

/** Metadata keys of Nest that its packages do not export in every version. */
const GUARDS = '__guards__';
const METHOD = 'method';
const MODULE_PATH = '__module_path__';
const PATH = 'path';
const VERSION = '__version__';

/** A route of the application whose body must be left as it comes. */
export interface WebhookRoute {
  /** `ALL` for every method. */
  readonly method: string;
  /** The whole path, with a leading slash; parameters begin with a colon. */
  readonly pattern: string;
}

type Wrapper = ReturnType<DiscoveryService['getControllers']>[number];
type Version = VersioningOptions['defaultVersion'];

/** A route that the application has taken out of its prefix. */
interface ExcludedRoute {
  readonly requestMethod: RequestMethod;
  readonly pathRegex: RegExp;
}

/** Knows where webhooks arrive: the route of the module, and those of the application with its guard. */
@Injectable()
export class WebhookRoutes {
  constructor(
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {}

  all(): WebhookRoute[] {
    return this.discovery
      .getControllers()
      .flatMap((wrapper) => this.routesOf(wrapper));
  }

  private routesOf(wrapper: Wrapper): WebhookRoute[] {
    const controller = wrapper.metatype as Type<unknown> | null;
    if (!controller) {
      return [];
    }
    const prototype = controller.prototype as Record<string, object>;
    const isWhole =
      Reflect.hasMetadata(A2A_WEBHOOK_CONTROLLER, controller) ||
      isGuarded(controller);
    return this.scanner
      .getAllMethodNames(prototype)
      .map((name) => prototype[name])
      .filter((method) => method !== undefined)
      .filter((method) => Reflect.hasMetadata(METHOD, method))
      .filter((method) => isWhole || isGuarded(method))
      .flatMap((method) => this.routesTo(method, wrapper, controller));
  }

  private routesTo(
    handler: object,
    wrapper: Wrapper,
    controller: Type<unknown>,
  ): WebhookRoute[] {
    const number = Reflect.getMetadata(METHOD, handler) as RequestMethod;
    const method = RequestMethod[number];
    const base = this.modulePathOf(wrapper);
    const version = versionOf(handler) ?? versionOf(controller);
    return pathsOf(controller).flatMap((path) =>
      pathsOf(handler).flatMap((subPath) => {
        const own = joinPath(base, path, subPath) || '/';
        const prefix = this.isExcluded(number, own)
          ? ''
          : this.config.getGlobalPrefix();
        return this.versionSegments(version).map((segment) => ({
          method,
          pattern: joinPath(prefix, segment, own) || '/',
        }));
      }),
    );
  }

  private modulePathOf({ host }: Wrapper): string {
    const module = host?.metatype;
    const key = `${MODULE_PATH}${this.modules.applicationId}`;
    return ((module &&
      (Reflect.getMetadata(key, module) ??
        Reflect.getMetadata(MODULE_PATH, module))) ??
      '') as string;
  }

  private isExcluded(method: RequestMethod, pattern: string): boolean {
    const { exclude = [] } = this.config.getGlobalPrefixOptions() as {
      exclude?: readonly ExcludedRoute[];
    };
    return exclude.some(
      ({ requestMethod, pathRegex }) =>
        [RequestMethod.ALL, method].includes(requestMethod) &&
        new RegExp(pathRegex.source, 'i').test(pattern),
    );
  }

  /** What URI versioning puts before the path: one segment for each version, none for no version. */
  private versionSegments(version: Version): string[] {
    const versioning = this.config.getVersioning();
    const versions = version ?? versioning?.defaultVersion;
    if (versioning?.type !== VersioningType.URI || versions === undefined) {
      return [''];
    }
    const { prefix = 'v' } = versioning;
    const word = prefix === false ? '' : prefix;
    return [versions]
      .flat()
      .map((one) => (typeof one === 'string' ? word + one : ''));
  }
}

function isGuarded(target: object): boolean {
  const guards = (Reflect.getMetadata(GUARDS, target) ?? []) as unknown[];
  return guards.some(
    (guard) =>
      guard === A2AWebhookGuard ||
      guard instanceof A2AWebhookGuard ||
      (typeof guard === 'function' &&
        guard.prototype instanceof A2AWebhookGuard),
  );
}

function versionOf(target: object): Version {
  return Reflect.getMetadata(VERSION, target) as Version;
}

function pathsOf(target: object): string[] {
  const path = Reflect.getMetadata(PATH, target) as
    string | string[] | undefined;
  return [path ?? ''].flat();
}

/** A leading slash, none at the end, none doubled; empty for the root. */
function joinPath(...parts: readonly string[]): string {
  return parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .map((segment) => `/${segment}`)
    .join('');
}
