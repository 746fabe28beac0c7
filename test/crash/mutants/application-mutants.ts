import { type ContextStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { type Mutant } from './mutant.js';

/** What goes wrong with what belongs to the application. */
export const APPLICATION_MUTANTS: readonly Mutant[] = [
  {
    name: 'events-outside-the-transaction',
    text: 'What is said with a row is stored in a commit of its own.',
    cells: 'withTransaction',
    store: (store) =>
      withMethods(store, {
        log: withMethods(store.log, {
          append: (command, { transaction: _transaction, ...context }) =>
            store.log.append(command, context),
        }),
      }),
  },
  {
    name: 'conversation-without-version',
    text: 'The value of a conversation replaces whatever is there.',
    cells: 'context-conflict',
    store: (store) =>
      withMethods(store, {
        contexts: withMethods(store.contexts, {
          put: regardless(store.contexts),
        }),
      }),
  },
];

function regardless(contexts: ContextStore): ContextStore['put'] {
  return async (scope, command) => {
    const stored = await contexts.load(scope, command.contextId);
    const expectedVersion = stored?.version ?? 0;
    return contexts.put(scope, { ...command, expectedVersion });
  };
}
