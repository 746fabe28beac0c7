import { type Artifact, type Part, textOf } from '@nest-a2a/protocol';
import { type TestedTask } from './tested-task.js';

/** Longer texts say no more about what went wrong. */
const MAX_CHARACTERS = 200;

/** What there is to know about a task, for who reads why a test has failed. */
export function describeTask({
  id,
  state,
  message,
  artifacts,
}: TestedTask): string {
  const status = message ? textOf(message.parts) : undefined;
  return [
    `State: ${state}`,
    `Status message: ${status === undefined ? 'none' : quote(status)}`,
    ...(artifacts.length === 0
      ? ['Artifacts: none']
      : [
          'Artifacts:',
          ...artifacts.map((one) => `  - ${describeArtifact(one)}`),
        ]),
    ...(id === '' ? [] : [`Task: ${id}`]),
  ].join('\n');
}

function describeArtifact({ artifactId, name, parts }: Artifact): string {
  return [quote(name ?? artifactId), ...parts.map(describePart)].join(' ');
}

function describePart(part: Part): string {
  if ('text' in part) return `text ${quote(part.text)}`;
  if ('data' in part) return `data ${shorten(JSON.stringify(part.data))}`;
  const where = 'url' in part ? part.url : `${part.raw.length} characters`;
  return `file ${shorten(part.filename ?? where)}`;
}

/** As it stands in a message of a matcher. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

function shorten(text: string): string {
  return text.length <= MAX_CHARACTERS
    ? text
    : `${text.slice(0, MAX_CHARACTERS)}... (${text.length} characters)`;
}
