import { type AddressInfo, type Server } from 'node:net';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
} from '@nestjs/common';
import { APP_GUARD, type NestApplication } from '@nestjs/core';
import {
  ClientProxyFactory,
  type ClientTCP,
  MessagePattern,
  Transport,
} from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { httpJson, jsonRpc, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

@Controller()
class SumController {
  @MessagePattern('sum')
  sum(numbers: number[]): number {
    return numbers.reduce((sum, one) => sum + one, 0);
  }
}

/** A guard of the whole application, which knows both kinds of calls. */
@Injectable()
class SeeingGuard implements CanActivate {
  readonly seen: string[] = [];

  canActivate(context: ExecutionContext): boolean {
    this.seen.push(context.getType());
    return true;
  }
}

describe.each(PLATFORMS)(
  'an agent in a hybrid application on %s',
  (platform) => {
    let agent: TestAgent;
    let proxy: ClientTCP;

    beforeEach(async () => {
      agent = await startAgent({
        platform,
        controllers: [SumController],
        providers: [
          ScriptedWorker,
          SeeingGuard,
          { provide: APP_GUARD, useExisting: SeeingGuard },
        ],
      });
      const port = await addMicroservice(agent.app);
      proxy = ClientProxyFactory.create({
        transport: Transport.TCP,
        options: { port, host: '127.0.0.1' },
      }) as ClientTCP;
    });

    afterEach(async () => {
      proxy.close();
      await agent.close();
    });

    const sum = () => firstValueFrom(proxy.send<number>('sum', [1, 2]));

    it.each([jsonRpc, httpJson])(
      'answers over $name beside the microservice, which guards of the application see as well',
      async (binding) => {
        const params = sendParams('hi');
        const answer = await binding.call(agent.url, 'SendMessage', params);
        expect(binding.result(answer).task.status.state).toBe(
          'TASK_STATE_COMPLETED',
        );
        expect(await sum()).toBe(3);
        expect(agent.app.get(SeeingGuard).seen).toEqual(['http', 'rpc']);
      },
    );

    it('lets turns end while the microservice is closed as well', async () => {
      const gate = new Gate();
      agent.worker.on('hold', async (context) => {
        await gate.pass();
        await context.complete('done');
      });
      const held = jsonRpc.call(agent.url, 'SendMessage', sendParams('hold'));
      await gate.reached;
      const closed = agent.close();
      gate.open();
      const answer = await held;
      expect(jsonRpc.result(answer).task.status.state).toBe(
        'TASK_STATE_COMPLETED',
      );
      await closed;
      await expect(sum()).rejects.toThrow();
    });
  },
);

/** @returns the port that it listens on */
async function addMicroservice(app: NestApplication): Promise<number> {
  const service = app.connectMicroservice(
    { transport: Transport.TCP, options: { port: 0, host: '127.0.0.1' } },
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
  return (service.unwrap<Server>().address() as AddressInfo).port;
}
