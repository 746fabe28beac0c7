import type * as Protocol from '@nest-a2a/protocol/grpc';
import type * as Grpc from '@grpc/grpc-js';
import type * as Reflection from '@grpc/reflection';
import type * as Health from 'grpc-health-check';
import { GrpcServerError } from './grpc.errors.js';

/** What only agents need that answer gRPC. */
export interface GrpcPackages {
  readonly grpc: typeof Grpc;
  readonly protocol: typeof Protocol;
  readonly health: typeof Health | undefined;
  readonly reflection: typeof Reflection | undefined;
}

/** How each package is loaded. */
export interface GrpcPackageSource {
  readonly grpc: () => Promise<typeof Grpc>;
  /** Needs `@bufbuild/protobuf`. */
  readonly protocol: () => Promise<typeof Protocol>;
  readonly health: () => Promise<typeof Health>;
  readonly reflection: () => Promise<typeof Reflection>;
}

/** The packages that the host has installed. */
export const INSTALLED_PACKAGES: GrpcPackageSource = Object.freeze({
  grpc: () => import('@grpc/grpc-js'),
  protocol: () => import('@nest-a2a/protocol/grpc'),
  health: () => import('grpc-health-check'),
  reflection: () => import('@grpc/reflection'),
});

/**
 * Loads what is needed.
 *
 * @throws GrpcServerError `GRPC_PACKAGE_MISSING` with everything that must be installed
 */
export async function loadGrpcPackages(
  wanted: { readonly health: boolean; readonly reflection: boolean },
  source: GrpcPackageSource = INSTALLED_PACKAGES,
): Promise<GrpcPackages> {
  const missing = new Map<string, unknown>();
  const load = <T>(name: string, from: () => Promise<T>) =>
    from().catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      missing.set(name, error);
      return undefined;
    });
  const grpc = await load('@grpc/grpc-js', source.grpc);
  const protocol = await load('@bufbuild/protobuf', source.protocol);
  const health = wanted.health
    ? await load('grpc-health-check', source.health)
    : undefined;
  const reflection = wanted.reflection
    ? await load('@grpc/reflection', source.reflection)
    : undefined;
  const [cause] = missing.values();
  if (!grpc || !protocol || cause !== undefined) {
    throw new GrpcServerError(
      'GRPC_PACKAGE_MISSING',
      `An agent with the binding GRPC needs: npm install ${[...missing.keys()].join(' ')}`,
      cause,
    );
  }
  return { grpc, protocol, health, reflection };
}

/** A package that is there and fails is another matter. */
function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
