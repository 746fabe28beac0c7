import { Inject, Injectable } from '@nestjs/common';
import { MethodExplorer } from '../../hooks/method.explorer.js';
import { ON_DEAD_LETTER } from './on-dead-letter.decorator.js';
import { ON_WEBHOOK_DISABLED } from './on-webhook-disabled.decorator.js';
import {
  type DisabledWebhook,
  type WebhookFailure,
} from './webhook-failure.js';

/** What methods can be told, and their metadata key. */
const KINDS = {
  'dead letters': ON_DEAD_LETTER,
  'disabled webhooks': ON_WEBHOOK_DISABLED,
} as const;

/** What a method is told. */
export type HookKind = keyof typeof KINDS;

type Told = WebhookFailure | DisabledWebhook;

/** A method of the application. */
export interface Hook {
  readonly kind: HookKind;
  /** Class and method, for the log. */
  readonly name: string;
  call(told: Told): Promise<void>;
}

/** Finds the methods that are told of webhooks in trouble among the providers of the application. */
@Injectable()
export class HookExplorer {
  constructor(
    @Inject(MethodExplorer) private readonly methods: MethodExplorer,
  ) {}

  explore(): readonly Hook[] {
    const kinds = Object.keys(KINDS) as HookKind[];
    return kinds.flatMap((kind) =>
      this.methods
        .explore<true, Told>(KINDS[kind])
        .map((method) => ({ ...method, kind })),
    );
  }
}
