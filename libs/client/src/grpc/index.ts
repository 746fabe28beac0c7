export { grpc, type GrpcOptions } from './grpc-connector.js';
