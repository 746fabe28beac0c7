import { type Task } from '../task/task.js';
import { JSON_RPC_FORM } from './form.js';
import { writeTask } from './write/write-task.js';

/** A task as A2A 0.3 webhooks carry it: bare, in the JSON-RPC form whatever the binding. */
export function toV03Task(task: Task): object {
  return writeTask(task, JSON_RPC_FORM);
}
