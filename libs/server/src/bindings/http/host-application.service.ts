import {
  Inject,
  Injectable,
  RequestMethod,
  type Type,
  VersioningType,
} from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryService,
  HttpAdapterHost,
  ModulesContainer,
} from '@nestjs/core';
import { type PrefixRules } from './agent-routes.js';
import { A2A_CONTROLLER } from './controller-options.js';
import { joinPath } from './paths.js';
import { type DeclaredRoute, routesOf } from './declared-routes.js';
import { type HostRoute } from './route-conflicts.js';
import { type RoutePattern } from './route-pattern.js';

/** A metadata key of Nest that its packages do not export in every version. */
const MODULE_PATH = '__module_path__';

type ControllerWrapper = ReturnType<DiscoveryService['getControllers']>[number];

/** A route that the application has taken out of its prefix. */
interface ExcludedRoute {
  readonly requestMethod: RequestMethod;
  readonly pathRegex: RegExp;
}

/** From Nest 12 on, the application may have its routes sorted. */
interface ResolutionStrategy {
  getRouteResolutionStrategy?(): string | undefined;
}

/** What the application around us has decided about its routes. */
@Injectable()
export class HostApplication implements PrefixRules {
  constructor(
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Fastify chooses the route by itself, and a route cannot pass a request on. */
  get isFastify(): boolean {
    return this.adapterHost.httpAdapter.getType() === 'fastify';
  }

  /** The global prefix; empty for none. */
  get prefix(): string {
    return this.config.getGlobalPrefix();
  }

  isExcluded({ method, pattern }: RoutePattern): boolean {
    const { exclude = [] } = this.config.getGlobalPrefixOptions() as {
      exclude?: readonly ExcludedRoute[];
    };
    return exclude.some(
      ({ requestMethod, pathRegex }) =>
        (requestMethod === RequestMethod.ALL ||
          RequestMethod[requestMethod] === method) &&
        new RegExp(pathRegex.source, 'i').test(pattern || '/'),
    );
  }

  /** The routes of the application's own controllers. */
  routes(): HostRoute[] {
    return this.discovery
      .getControllers()
      .filter(
        ({ metatype }) =>
          metatype && !Reflect.hasMetadata(A2A_CONTROLLER, metatype),
      )
      .flatMap((wrapper) => this.routesOf(wrapper));
  }

  private routesOf(wrapper: ControllerWrapper): HostRoute[] {
    const module = wrapper.host?.metatype;
    const key = `${MODULE_PATH}${this.modules.applicationId}`;
    const modulePath = (module &&
      (Reflect.getMetadata(key, module) ??
        Reflect.getMetadata(MODULE_PATH, module))) as string | undefined;
    const controller = wrapper.metatype as Type<unknown>;
    return routesOf(controller, modulePath ?? '').flatMap((route) =>
      this.versionSegments(route).map((segment) => ({
        method: route.method,
        name: route.name,
        pattern: joinPath(this.prefixOf(route), segment, route.pattern) || '/',
        isFirst: this.isFirst(wrapper),
      })),
    );
  }

  /** Nest registers the routes of one module after the other, in the order in which it met them. */
  private isFirst({ host }: ControllerWrapper): boolean {
    const config: ResolutionStrategy = this.config;
    const isInOrder =
      !this.isFastify &&
      config.getRouteResolutionStrategy?.() !== 'specificity';
    const modules = [...this.modules.values()];
    const ours = modules.findIndex(({ controllers }) =>
      [...controllers.values()].some(
        ({ metatype }) =>
          metatype && Reflect.hasMetadata(A2A_CONTROLLER, metatype),
      ),
    );
    const theirs = modules.findIndex((module) => module === host);
    return isInOrder && theirs < ours;
  }

  /** What URI versioning puts before the path of a route: one segment for each version, none for no version. */
  private versionSegments({ version }: DeclaredRoute): string[] {
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

  private prefixOf({ method, pattern }: DeclaredRoute): string {
    const name = RequestMethod[method] as RoutePattern['method'];
    return this.isExcluded({ method: name, pattern }) ? '' : this.prefix;
  }
}
