import { type DescFile, type DescService, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { type Operation, OPERATIONS } from '../operations/operation.js';
import { type ProtocolVersion } from '../service-parameters.js';
import { isJsonObject } from '../validation/json-value.js';
import { A2AService as ServiceOf03 } from './generated/a2a/v1/a2a_pb.js';
import { A2AService as ServiceOf10 } from './generated/lf/a2a/v1/a2a_pb.js';
import { type GrpcProcedure, procedureOf } from './procedures.js';

/** The gRPC service of one version of the protocol. */
export interface GrpcService {
  /** With its package, such as `lf.a2a.v1.A2AService`. */
  readonly name: string;
  /** The version whose JSON form its procedures read and write. */
  readonly version: ProtocolVersion;
  readonly procedures: readonly GrpcProcedure[];
  /** Its `FileDescriptorProto` and those that it imports, for reflection. */
  fileDescriptors(): Uint8Array[];
}

/** The procedure of each operation in A2A 0.3; it has none for ListTasks. */
const NAMES_OF_03: Readonly<Partial<Record<Operation, string>>> = {
  SendMessage: 'SendMessage',
  SendStreamingMessage: 'SendStreamingMessage',
  GetTask: 'GetTask',
  CancelTask: 'CancelTask',
  SubscribeToTask: 'TaskSubscription',
  CreateTaskPushNotificationConfig: 'CreateTaskPushNotificationConfig',
  GetTaskPushNotificationConfig: 'GetTaskPushNotificationConfig',
  ListTaskPushNotificationConfigs: 'ListTaskPushNotificationConfig',
  DeleteTaskPushNotificationConfig: 'DeleteTaskPushNotificationConfig',
  GetExtendedAgentCard: 'GetAgentCard',
};

/** The gRPC service of each version of the protocol (A2A §10). That of 0.3 speaks the JSON form of its protocol buffers. */
export const GRPC_SERVICES: Readonly<Record<ProtocolVersion, GrpcService>> =
  Object.freeze({
    '1.0': serviceOf('1.0', ServiceOf10, (operation) => operation),
    '0.3': serviceOf(
      '0.3',
      ServiceOf03,
      (operation) => NAMES_OF_03[operation],
      withBlocking,
    ),
  });

function serviceOf(
  version: ProtocolVersion,
  service: DescService,
  nameOf: (operation: Operation) => string | undefined,
  read?: (request: unknown) => unknown,
): GrpcService {
  const procedures = OPERATIONS.flatMap((operation) => {
    const name = nameOf(operation);
    const method = service.methods.find((one) => one.name === name);
    return method ? [procedureOf(operation, method, read)] : [];
  });
  return Object.freeze({
    name: service.typeName,
    version,
    procedures: Object.freeze(procedures),
    fileDescriptors: () =>
      [...filesOf(service.file)].map(({ proto }) =>
        toBinary(FileDescriptorProtoSchema, proto),
      ),
  });
}

/** A file and what it imports, each once. */
function filesOf(file: DescFile, found = new Set<DescFile>()): Set<DescFile> {
  if (!found.has(file)) {
    file.dependencies.forEach((dependency) => filesOf(dependency, found));
    found.add(file);
  }
  return found;
}

/** In the bytes, `blocking: false` and no `blocking` are the same; it is the value of a protocol buffer bool that was not set. */
function withBlocking(request: unknown): unknown {
  if (!isJsonObject(request) || !isJsonObject(request.configuration)) {
    return request;
  }
  const configuration = { blocking: false, ...request.configuration };
  return { ...request, configuration };
}
