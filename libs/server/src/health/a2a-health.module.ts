import { Module } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { A2AHealthIndicator } from './a2a-health-indicator.js';

/** Provides `A2AHealthIndicator`. Import it beside `TerminusModule`, in an application with `A2AModule.forRoot`. */
@Module({
  providers: [HealthIndicatorService, A2AHealthIndicator],
  exports: [A2AHealthIndicator],
})
export class A2AHealthModule {}
