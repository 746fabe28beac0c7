import { Controller, Get, Inject } from '@nestjs/common';
import { Notifications } from './notifications.js';

/** Shows what has arrived. */
@Controller('notifications')
export class NotificationsController {
  constructor(
    @Inject(Notifications) private readonly notifications: Notifications,
  ) {}

  @Get()
  list(): { count: number; notifications: readonly unknown[] } {
    const { all } = this.notifications;
    return { count: all.length, notifications: all };
  }
}
