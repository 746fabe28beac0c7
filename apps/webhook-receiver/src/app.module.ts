import { Module } from '@nestjs/common';
import { A2AWebhookModule } from '@nest-a2a/client/nest';
import { NotificationsController } from './notifications.controller.js';
import { Notifications } from './notifications.js';

@Module({
  imports: [
    A2AWebhookModule.forRoot({ path: 'webhook', token: 'my-secret-token' }),
  ],
  controllers: [NotificationsController],
  providers: [Notifications],
})
export class AppModule {}
