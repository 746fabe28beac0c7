/** Any value that JSON can carry (`google.protobuf.Value`). */
export type JsonValue =
  null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object (`google.protobuf.Struct`). */
export interface JsonObject {
  [key: string]: JsonValue;
}
