/** An option of the command line. */
export interface OptionFacts {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  /** What stands for its value in the help. */
  readonly value?: string;
  readonly help: string;
}

const CONNECTION = {
  binding: {
    type: 'string',
    value: 'NAME',
    help: 'only this binding: JSONRPC, HTTP+JSON or GRPC',
  },
  protocol: {
    type: 'string',
    value: 'VERSION',
    help: 'only this version of the protocol: 1.0 or 0.3',
  },
  header: {
    type: 'string',
    multiple: true,
    value: '"NAME: VALUE"',
    help: 'a further header, for the agent only; may be given several times',
  },
  extension: {
    type: 'string',
    multiple: true,
    value: 'URI',
    help: 'an extension of the protocol to declare; may be given several times',
  },
  timeout: {
    type: 'string',
    value: 'SECONDS',
    help: 'for the whole call; of a stream until the agent begins to answer',
  },
  'allow-http': {
    type: 'boolean',
    help: 'lets the card name hosts without TLS',
  },
  'allow-private-networks': {
    type: 'boolean',
    help: 'lets the card name hosts of private networks',
  },
  json: { type: 'boolean', help: 'answers JSON, for scripts' },
  help: { type: 'boolean', short: 'h', help: 'shows this' },
} as const satisfies Record<string, OptionFacts>;

const HISTORY = {
  history: {
    type: 'string',
    value: 'N',
    help: 'at most so many messages of the history',
  },
} as const satisfies Record<string, OptionFacts>;

const SEND = {
  stream: { type: 'boolean', help: 'shows the events as they come' },
  'no-wait': {
    type: 'boolean',
    help: 'answers as soon as the task is there',
  },
  task: { type: 'string', value: 'ID', help: 'the task to continue' },
  context: { type: 'string', value: 'ID', help: 'the context to go on in' },
  data: {
    type: 'string',
    multiple: true,
    value: 'JSON',
    help: 'a data part, or @ and a file with its JSON; may be given several times',
  },
  file: {
    type: 'string',
    multiple: true,
    value: 'PATH',
    help: 'a file to send along; may be given several times',
  },
  push: { type: 'string', value: 'URL', help: 'a webhook for the updates' },
  'push-token': {
    type: 'string',
    value: 'TOKEN',
    help: 'comes back with each update',
  },
  metadata: {
    type: 'string',
    value: 'JSON',
    help: 'metadata of the message: an object, or @ and a file with it',
  },
  'message-id': {
    type: 'string',
    value: 'ID',
    help: 'to send a message again whose outcome is unknown',
  },
} as const satisfies Record<string, OptionFacts>;

/** A command: what it is called with, and what it does. */
export interface CommandFacts {
  readonly positionals: readonly string[];
  readonly help: string;
  readonly options: Readonly<Record<string, OptionFacts>>;
}

/** The commands, each with its options. */
export const COMMANDS = Object.freeze({
  card: {
    positionals: ['url'],
    help: 'Shows the card of an agent.',
    options: CONNECTION,
  },
  send: {
    positionals: ['url', 'text'],
    help: 'Sends a message, and waits for the result. A text of "-" is read from the standard input.',
    options: { ...SEND, ...HISTORY, ...CONNECTION },
  },
  task: {
    positionals: ['url', 'id'],
    help: 'Shows a task.',
    options: { ...HISTORY, ...CONNECTION },
  },
  watch: {
    positionals: ['url', 'id'],
    help: 'Follows a task until it is finished or waits for an answer.',
    options: CONNECTION,
  },
  cancel: {
    positionals: ['url', 'id'],
    help: 'Asks the agent to cancel a task.',
    options: CONNECTION,
  },
} satisfies Record<string, CommandFacts>);

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** Whether a word is a command. */
export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
