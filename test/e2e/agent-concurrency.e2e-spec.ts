import { A2AModule, A2AWorker } from '@nest-a2a/server';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { GatedWorker } from '../support/gated-worker.js';
import { CARD } from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

@A2AWorker({ agent: 'narrow' })
class NarrowWorker extends GatedWorker {}

@A2AWorker()
class WideWorker extends GatedWorker {}

describe('an agent with a limit of its own', () => {
  let host: TestHost;

  beforeEach(async () => {
    host = await startHost({
      imports: [
        A2AModule.forRoot(
          onTestStore({ agentCard: CARD, turn: { concurrency: 3 } }),
        ),
        A2AModule.forFeature({
          agent: 'narrow',
          path: 'narrow',
          agentCard: CARD,
          concurrency: 1,
        }),
      ],
      providers: [NarrowWorker, WideWorker],
    });
  });

  afterEach(() => host.close());

  const post = (path: string, text: string, returnImmediately: boolean) =>
    httpJson.call(
      host.url + path,
      'SendMessage',
      sendParams(text, { configuration: { returnImmediately } }),
    );

  it('runs no more turns at a time, and leaves the rest of the room to others', async () => {
    const narrow = host.app.get(NarrowWorker);
    const texts = ['first', 'second', 'third'];
    texts.forEach((text) => narrow.gates.set(text, new Gate()));
    const gate = (text: string) => narrow.gates.get(text)!;
    for (const text of texts) await post('/narrow', text, true);
    await gate('first').reached;
    // Two more turns of the others fit in, although older ones wait.
    const wide = host.app.get(WideWorker);
    wide.gates.set('held', new Gate());
    const held = post('', 'held', false);
    await wide.gates.get('held')?.reached;
    const answers = await Promise.all(
      [1, 2, 3].map(() => post('', 'x', false)),
    );
    for (const { body } of answers) {
      expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
    }
    expect(narrow.running).toBe(1);
    for (const text of texts) {
      await gate(text).reached;
      gate(text).open();
    }
    wide.gates.get('held')?.open();
    await held;
    expect(narrow.most).toBe(1);
    expect(wide.most).toBe(2);
  });
});
