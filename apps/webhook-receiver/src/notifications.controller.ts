import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  HttpException,
  HttpStatus,
  Inject,
  Post,
} from '@nestjs/common';
import { type Notification, Notifications } from './notifications.js';

const TOKEN = 'my-secret-token';

/** Receives what the agent has to say about its tasks. */
@Controller()
export class NotificationsController {
  constructor(
    @Inject(Notifications) private readonly notifications: Notifications,
  ) {}

  @Post('webhook')
  @HttpCode(HttpStatus.OK)
  receive(
    @Headers('x-a2a-notification-token') token: string | undefined,
    @Body() notification: Notification,
  ): { status: string } {
    if (token !== TOKEN) {
      throw new HttpException(
        { error: 'Invalid token' },
        HttpStatus.UNAUTHORIZED,
      );
    }
    this.notifications.add(notification);
    return { status: 'received' };
  }

  @Get('notifications')
  list(): { count: number; notifications: readonly Notification[] } {
    const { all } = this.notifications;
    return { count: all.length, notifications: all };
  }
}
