import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import { PushNotificationService } from '@nest-a2a/server';
import { type DeliveryAttempt } from '@nest-a2a/store';
import { OperatorGuard } from './operator.guard.js';

const SHOWN = 20;

/** What an operator does about webhooks. */
@Controller('operator')
@UseGuards(OperatorGuard)
export class WebhooksController {
  constructor(
    @Inject(PushNotificationService)
    private readonly push: PushNotificationService,
  ) {}

  /** What was tried for a task, the oldest first. */
  @Get('tasks/:taskId/attempts')
  @Header('Content-Type', 'text/plain')
  async attempts(@Param('taskId') taskId: string): Promise<string> {
    const attempts = await this.push.attempts({ taskId, limit: SHOWN });
    return [...attempts].reverse().map(toLine).join('');
  }

  /** Sends again what a webhook has been sent. */
  @Post('tasks/:taskId/webhooks/:configId/redeliver')
  @HttpCode(202)
  async redeliver(
    @Param('taskId') taskId: string,
    @Param('configId') configId: string,
    @Body() { from }: { readonly from: number },
  ): Promise<void> {
    const range = { taskId, configId, from };
    const { kind } = await this.push.redeliver(range);
    if (kind === 'notFound') {
      throw new NotFoundException();
    }
  }
}

function toLine({ seq, attempt, ...ended }: DeliveryAttempt): string {
  const { outcome, status, error, isRedelivery } = ended;
  const answer = status === undefined ? error : `HTTP ${status}`;
  const again = isRedelivery ? ' again' : '';
  return `event ${seq}${again}, attempt ${attempt}: ${outcome}, ${answer}\n`;
}
