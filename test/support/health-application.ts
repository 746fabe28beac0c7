import { Controller, Get, Inject } from '@nestjs/common';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  TerminusModule,
} from '@nestjs/terminus';
import { A2AHealthIndicator, A2AHealthModule } from '@nest-a2a/server/health';

/** As short as a test can wait for what does not answer. */
export const TIMEOUT_MS = 200;

@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(A2AHealthIndicator) private readonly a2a: A2AHealthIndicator,
  ) {}

  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.a2a.readiness('a2a'),
      () => this.a2a.store('store', { timeoutMs: TIMEOUT_MS }),
    ]);
  }

  @Get('wake-ups')
  @HealthCheck()
  wakeUps(): Promise<HealthCheckResult> {
    return this.health.check([() => this.a2a.wakeUps('wakeUps')]);
  }

  @Get('backlog')
  @HealthCheck()
  backlog(): Promise<HealthCheckResult> {
    const limits = { timeoutMs: TIMEOUT_MS, maxWaitMs: 30_000 };
    return this.health.check([
      () => this.a2a.workers('workers', limits),
      () => this.a2a.webhooks('webhooks', limits),
    ]);
  }
}

/** What an application has that is asked how it is. */
export const HEALTH = {
  imports: [TerminusModule.forRoot({ logger: false }), A2AHealthModule],
  controllers: [HealthController],
};

/** What a probe gets. */
export async function probe(
  { url }: { readonly url: string },
  path: string,
): Promise<{ status: number; details: any; text: string }> {
  const answer = await fetch(`${url}/health/${path}`);
  const text = await answer.text();
  const { details } = JSON.parse(text) as { details: unknown };
  return { status: answer.status, details, text };
}
