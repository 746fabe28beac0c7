import { type Operation } from '@nest-a2a/protocol';
import { sendParams } from './a2a-http.js';

/** How many requests go to each binding. `npm run fuzz` sends many more. */
export const RUNS = Number(process.env.RUNS ?? 500);
/** What failed can be seen again with the seed that the failure names. */
export const SEED = Number(process.env.SEED ?? 20_261_115);
export const PATIENCE_MS = 60_000 + RUNS * 100;

const CONFIGURATION = {
  acceptedOutputModes: ['text/plain'],
  historyLength: 3,
  taskPushNotificationConfig: {
    id: 'c',
    url: 'https://127.0.0.1/hook',
    token: 't',
    authentication: { scheme: 'Bearer', credentials: 's' },
  },
};

/** An operation and its request. */
export type Call = [operation: Operation, params: any];

/** Each operation for a finished task, and one that waits. */
export function goodCalls(taskId: string, waiting: string): Call[] {
  const send = sendParams('hi', { configuration: { historyLength: 1 } });
  const config = { taskId, id: 'c' };
  const filter = { pageSize: 2, contextId: 'c', status: 'TASK_STATE_FAILED' };
  return [
    ['SendMessage', send],
    ['SendMessage', sendParams('hi', { configuration: CONFIGURATION })],
    ['SendMessage', sendParams('ask', { message: { taskId: waiting } })],
    ['SendStreamingMessage', send],
    ['GetTask', { id: taskId, historyLength: 1 }],
    ['ListTasks', filter],
    ['CancelTask', { id: taskId, metadata: { a: [1] } }],
    ['SubscribeToTask', { id: taskId }],
    ['CreateTaskPushNotificationConfig', { taskId, url: 'https://x.invalid' }],
    ['GetTaskPushNotificationConfig', config],
    ['ListTaskPushNotificationConfigs', { taskId, pageSize: 1 }],
    ['DeleteTaskPushNotificationConfig', config],
    ['GetExtendedAgentCard', {}],
  ];
}
