import { isOperation, OPERATIONS } from './operation.js';

describe('OPERATIONS', () => {
  it('are the eleven of A2A 1.0 (A2A §9.1)', () => {
    expect([...OPERATIONS].sort()).toEqual([
      'CancelTask',
      'CreateTaskPushNotificationConfig',
      'DeleteTaskPushNotificationConfig',
      'GetExtendedAgentCard',
      'GetTask',
      'GetTaskPushNotificationConfig',
      'ListTaskPushNotificationConfigs',
      'ListTasks',
      'SendMessage',
      'SendStreamingMessage',
      'SubscribeToTask',
    ]);
    expect(OPERATIONS.every(isOperation)).toBe(true);
  });

  it.each([
    'sendMessage',
    'message/send',
    'constructor',
    '__proto__',
    '',
    0,
    null,
  ])('do not include %j', (value) => {
    expect(isOperation(value)).toBe(false);
  });
});
