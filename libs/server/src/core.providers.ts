import { type Provider } from '@nestjs/common';
import { A2ALifecycle } from './a2a-lifecycle.service.js';
import { AuthenticationSetup } from './access/authentication-setup.service.js';
import { AgentCardRoutes } from './agent-card/agent-card-routes.service.js';
import { AgentUrls } from './agent-card/agent-urls.service.js';
import { CardDocuments } from './agent-card/card-documents.service.js';
import { ExtendedCards } from './agent-card/extended-card.service.js';
import { PublicUrl } from './agent-card/public-url.service.js';
import { WebhookKeysRoutes } from './agent-card/webhook-keys-routes.service.js';
import { AgentRegistry } from './agents/agent-registry.service.js';
import { A2AAudit } from './audit/a2a-audit.service.js';
import { AuditTrail } from './audit/audit-trail.service.js';
import { CallFactory } from './bindings/call-factory.service.js';
import { GrpcBinding } from './bindings/grpc/grpc-binding.service.js';
import { GrpcGate } from './bindings/grpc/grpc-gate.service.js';
import { GrpcServers } from './bindings/grpc/grpc-servers.service.js';
import { ErrorReporter } from './bindings/http/error-reporter.js';
import { HostApplication } from './bindings/http/host-application.service.js';
import { HttpExchanges } from './bindings/http/http-exchanges.service.js';
import { HttpSetup } from './bindings/http/http-setup.service.js';
import { PlatformErrors } from './bindings/http/platform-errors.service.js';
import { JsonRpcBinding } from './bindings/json-rpc/json-rpc-binding.service.js';
import { OpenExchanges } from './bindings/open-exchanges.service.js';
import { RestBinding } from './bindings/rest/rest-binding.service.js';
import { MethodExplorer } from './hooks/method.explorer.js';
import { A2AOperations } from './operations/a2a-operations.service.js';
import { MessageOperations } from './operations/message-operations.service.js';
import { PushConfigOperations } from './operations/push-config-operations.service.js';
import { SkillRequirements } from './operations/skill-requirements.service.js';
import { TaskOperations } from './operations/task-operations.service.js';
import { TaskStreams } from './operations/task-streams.service.js';
import { DeliveryHooks } from './push/hooks/delivery-hooks.service.js';
import { HookExplorer } from './push/hooks/hook.explorer.js';
import { PushConfigurations } from './push/push-configurations.service.js';
import { PushRefusals } from './push/push-refusals.service.js';
import { PushNotificationService } from './push/push-notification.service.js';
import { TokenIssuers } from './push/signing/token-issuers.service.js';
import { WebhookKeys } from './push/signing/webhook-keys.service.js';
import { WebhookSigner } from './push/signing/webhook-signer.service.js';
import {
  WEBHOOK_NETWORK,
  WebhookClient,
} from './push/webhook-client.service.js';
import { WebhookDelivery } from './push/webhook-delivery.service.js';
import { RuntimeStatus } from './runtime-status.service.js';
import { DrainState } from './runtime/drain-state.service.js';
import { RUNTIME_PROVIDERS } from './runtime/runtime.providers.js';
import { TaskHooks } from './tasks/hooks/task-hooks.service.js';
import { LogWatcher } from './tasks/log-watcher.service.js';
import { MessageAcceptor } from './tasks/message-acceptor.service.js';
import { Retention } from './tasks/retention.service.js';
import { TaskCanceller } from './tasks/task-canceller.service.js';
import { TaskFollower } from './tasks/task-follower.service.js';
import { TaskJournal } from './tasks/task-journal.service.js';
import { TaskService } from './tasks/task.service.js';
import { TURN_SLOTS } from './tasks/turn-slots.port.js';
import { TurnWaiter } from './tasks/turn-waiter.service.js';
import { WorkerExplorer } from './workers/worker.explorer.js';
import { WorkerRunner } from './workers/worker-runner.service.js';

/** What the agents of an application share, from the bottom floor up. */
export const CORE_PROVIDERS: Provider[] = [
  ...RUNTIME_PROVIDERS,
  DrainState,
  AgentRegistry,
  PublicUrl,
  AgentUrls,
  CardDocuments,
  WebhookKeys,
  WebhookKeysRoutes,
  AgentCardRoutes,
  ExtendedCards,
  { provide: WEBHOOK_NETWORK, useValue: {} },
  TokenIssuers,
  WebhookSigner,
  WebhookClient,
  PushConfigurations,
  PushRefusals,
  MethodExplorer,
  HookExplorer,
  DeliveryHooks,
  WebhookDelivery,
  PushNotificationService,
  LogWatcher,
  TaskFollower,
  TaskJournal,
  TaskCanceller,
  MessageAcceptor,
  TurnWaiter,
  Retention,
  TaskHooks,
  TaskService,
  WorkerExplorer,
  WorkerRunner,
  { provide: TURN_SLOTS, useExisting: WorkerRunner },
  TaskStreams,
  SkillRequirements,
  MessageOperations,
  TaskOperations,
  PushConfigOperations,
  A2AOperations,
  AuthenticationSetup,
  AuditTrail,
  A2AAudit,
  ErrorReporter,
  CallFactory,
  OpenExchanges,
  HttpExchanges,
  JsonRpcBinding,
  RestBinding,
  PlatformErrors,
  HostApplication,
  HttpSetup,
  GrpcGate,
  GrpcBinding,
  GrpcServers,
  A2ALifecycle,
  RuntimeStatus,
];

/** What modules of the application, and those of further agents, may inject. */
export const CORE_EXPORTS = [
  TaskService,
  PushNotificationService,
  WebhookKeys,
  A2AAudit,
  AgentRegistry,
  HttpExchanges,
  JsonRpcBinding,
  RestBinding,
  RuntimeStatus,
];
