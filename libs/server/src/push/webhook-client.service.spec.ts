import { type StoredEvent } from '@nest-a2a/store';
import { webhookId } from './webhook-client.service.js';

const CONFIG = { taskId: 'task', id: 'config' };
const at = (seq: number, isSnapshot = false) => ({
  event: { seq } as StoredEvent,
  isSnapshot,
});

describe('webhookId', () => {
  it('is the same at every attempt, and in every process', () => {
    expect(webhookId(CONFIG, at(7))).toBe(webhookId({ ...CONFIG }, at(7)));
    // A fixed vector: receivers have stored ids when this process is upgraded.
    expect(webhookId(CONFIG, at(7))).toBe(
      'evt_LVtyRc-tAzzhVmZ-6wyl19-qLxunZLFX',
    );
  });

  it('is another for another event, configuration or task, and for a task in place of an event', () => {
    const ids = [
      webhookId(CONFIG, at(7, true)),
      webhookId(CONFIG, at(7)),
      webhookId(CONFIG, at(8)),
      webhookId({ ...CONFIG, id: 'other' }, at(7)),
      webhookId({ ...CONFIG, taskId: 'other' }, at(7)),
      webhookId({ taskId: 'task","config', id: '' }, at(7)),
      webhookId({ taskId: 'taskc', id: 'onfig' }, at(7)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('holds no separator of signatures, and nothing that a client has chosen', () => {
    for (const id of [
      'a.b',
      'a b',
      'a\r\nb',
      '__proto__',
      'ü',
      'x'.repeat(512),
    ]) {
      expect(webhookId({ taskId: 'task', id }, at(1))).toMatch(
        /^evt_[A-Za-z0-9_-]{32}$/,
      );
    }
  });
});
