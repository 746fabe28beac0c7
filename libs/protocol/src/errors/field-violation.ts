/** One thing that is wrong with a request (`google.rpc.BadRequest.FieldViolation`). */
export interface FieldViolation {
  /** Path of the field, such as `message.parts[1].text`. */
  field: string;
  /** What is wrong and what would be right. */
  description: string;
}
