import { A2AClient } from '../src/a2a-client.js';
import { type A2AClientOptions } from '../src/client-options.js';
import {
  answering,
  json,
  ScriptedAgent,
  type Script,
  type SeenRequest,
  taskIn,
} from './scripted-agent.js';

const CARD_PATH = '/.well-known/agent-card.json';

export const MINUTE = 60_000;

/** An agent whose card a test answers for, its client, and a clock that the test moves. */
export class CardLab {
  /** Of the answers with the card. */
  headers: Record<string, string> = {
    'Cache-Control': 'max-age=600',
    ETag: '"1"',
  };
  answerCard: Script = (_, response) =>
    json(response, this.agent.card, 200, this.headers);
  /** Everything but the card. */
  answer: Script = answering('JSONRPC', taskIn('WORKING'));
  client!: A2AClient;
  private now = Date.now();

  private constructor(readonly agent: ScriptedAgent) {
    jest.spyOn(Date, 'now').mockImplementation(() => this.now);
    agent.hasCard = false;
    agent.script = (request, response) =>
      request.path === CARD_PATH
        ? this.answerCard(request, response)
        : this.answer(request, response);
  }

  static async start(): Promise<CardLab> {
    return new CardLab(await ScriptedAgent.start());
  }

  async connect(options: A2AClientOptions = {}): Promise<void> {
    const retry = { baseDelayMs: 1 };
    this.client = await A2AClient.connect(this.agent.url, {
      retry,
      ...options,
    });
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.now += ms;
  }

  /** The requests for the card. */
  looks(): SeenRequest[] {
    return this.agent.requests.filter(({ path }) => path === CARD_PATH);
  }

  /** All other requests. */
  calls(): SeenRequest[] {
    return this.agent.requests.filter(({ path }) => path !== CARD_PATH);
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.agent.allClosed();
    await this.agent.close();
    jest.restoreAllMocks();
  }
}
