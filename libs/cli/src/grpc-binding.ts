import { type BindingConnector } from '@nest-a2a/client';

/** How to get {@link grpcBinding}. */
export const GRPC_HINT =
  'gRPC needs two packages more: npm install @grpc/grpc-js @bufbuild/protobuf';

/** The binding for gRPC; `undefined` where its packages are not installed. */
export async function grpcBinding(): Promise<BindingConnector | undefined> {
  try {
    const { grpc } = await import('@nest-a2a/client/grpc');
    return grpc();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!code.endsWith('MODULE_NOT_FOUND')) throw error;
    return undefined;
  }
}
