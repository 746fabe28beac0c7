export { GRPC_METADATA } from './metadata-keys.js';
export { type GrpcProcedure } from './procedures.js';
export { GRPC_SERVICES, type GrpcService } from './services.js';
export { fromGrpcStatus, type GrpcStatus, toGrpcStatus } from './status.js';
