import { type StreamEvent, type TaskResult } from '@nest-a2a/client';
import { printable, printableBlock, printableLine } from './printable.js';

/** A task, or a message in place of one, for people. */
export function showTask(task: TaskResult): string {
  const head = task.isDirectMessage
    ? []
    : [
        `Task ${printableLine(task.taskId)}: ${task.state}`,
        `Context ${printableLine(task.contextId)}`,
      ];
  return [
    ...head,
    ...(task.text === '' ? [] : [printable(task.text)]),
    ...task.data.map((value) => printable(JSON.stringify(value, null, 2))),
    ...task.files.map((file) => fileLine(file)),
  ].join('\n');
}

/** An event on a line of its own, for people. */
export function showEvent(event: StreamEvent): string {
  const { kind, state, text, taskId, artifactId } = event;
  const said = text === '' ? '' : ` ${printableBlock(text)}`;
  switch (kind) {
    case 'task':
      return `[${state}] task ${printableLine(taskId)}`;
    case 'status':
      return `[${state}]${said}`;
    case 'artifact':
      return `[${printableLine(artifactId ?? '')}]${said}`;
    case 'message':
      return printableBlock(text);
  }
}

function fileLine(file: TaskResult['files'][number]): string {
  const name = file.filename ?? 'unnamed';
  const type = file.mediaType ?? 'unknown type';
  const where = 'url' in file ? file.url : `${sizeOf(file.raw)} bytes`;
  return printableLine(`File ${name} (${type}): ${where}`);
}

function sizeOf(base64: string): number {
  return Buffer.byteLength(base64, 'base64');
}
