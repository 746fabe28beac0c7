import { type TaskEvent, type TaskEventKind } from './task-event.js';

/** An event as a row: text that an adapter stores as it is. */
export interface EncodedEvent {
  readonly kind: TaskEventKind;
  /** For public kinds the `StreamResponse`; otherwise the body without its kind. */
  readonly json: string;
  /** The {@link TurnRequest} of an event that begins a turn, the `EventOrigin` of another. It stays out of `json`, which clients see. */
  readonly turnJson: string | undefined;
}

/** Serialises an event, once. */
export function encodeEvent(event: TaskEvent): EncodedEvent {
  const { kind, ...body } = event;
  if ('turn' in body && body.turn) {
    const { turn, ...rest } = body;
    return { kind, json: JSON.stringify(rest), turnJson: JSON.stringify(turn) };
  }
  return { kind, json: JSON.stringify(body), turnJson: undefined };
}

/** The event that {@link encodeEvent} was given. */
export function decodeEvent({ kind, json, turnJson }: EncodedEvent): TaskEvent {
  const body = JSON.parse(json) as object;
  const turn = turnJson && { turn: JSON.parse(turnJson) as object };
  return { kind, ...body, ...turn } as TaskEvent;
}
