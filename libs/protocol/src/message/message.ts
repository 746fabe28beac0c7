import { type JsonObject } from '../json.js';
import { type Part } from './part.js';

const ROLES = ['ROLE_USER', 'ROLE_AGENT'] as const;

/** Who speaks (A2A `Role`). */
export type Role = (typeof ROLES)[number];

/** Every role, in the order of their protocol buffer numbers (1–2). */
export const MESSAGE_ROLES: readonly Role[] = Object.freeze([...ROLES]);

/** One turn of speech between a client and an agent (A2A `Message`). */
export interface Message {
  /** Made by whoever sends the message. */
  messageId: string;
  contextId?: string;
  taskId?: string;
  role: Role;
  /** At least one. */
  parts: Part[];
  metadata?: JsonObject;
  /** URIs of the extensions that contributed to it. */
  extensions?: string[];
  /** Other tasks that it refers to. */
  referenceTaskIds?: string[];
}
