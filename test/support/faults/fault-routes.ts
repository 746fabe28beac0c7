const ROUTES: readonly (readonly [RegExp, string])[] = [
  [/^POST message:send$/, 'SendMessage'],
  [/^POST message:stream$/, 'SendStreamingMessage'],
  [/^POST tasks\/([^/]+):subscribe$/, 'SubscribeToTask'],
  [/^POST tasks\/([^/]+):cancel$/, 'CancelTask'],
  [/^GET tasks\/([^/]+)$/, 'GetTask'],
  [/^GET tasks$/, 'ListTasks'],
  [
    /^POST tasks\/([^/]+)\/pushNotificationConfigs$/,
    'CreateTaskPushNotificationConfig',
  ],
  [
    /^GET tasks\/([^/]+)\/pushNotificationConfigs$/,
    'ListTaskPushNotificationConfigs',
  ],
  [
    /^GET tasks\/([^/]+)\/pushNotificationConfigs\/.+$/,
    'GetTaskPushNotificationConfig',
  ],
  [
    /^DELETE tasks\/([^/]+)\/pushNotificationConfigs\/.+$/,
    'DeleteTaskPushNotificationConfig',
  ],
];

/** Which operation a request to `/a2a` is of, over either binding. */
export function operationOf({
  method,
  url,
  body,
}: {
  method: string;
  url: string;
  body: any;
}): { operation: string; params: any; rpcId: unknown } {
  if (body.jsonrpc) {
    const { id: rpcId, method: operation, params = {} } = body;
    return { operation, params, rpcId };
  }
  const [path = ''] = url.replace('/a2a/', '').split('?');
  for (const [pattern, operation] of ROUTES) {
    const found = pattern.exec(`${method} ${path}`);
    if (found) {
      const taskId = found[1];
      return { operation, params: { taskId, ...body }, rpcId: undefined };
    }
  }
  throw new TypeError(`No operation: ${method} ${path}`);
}
