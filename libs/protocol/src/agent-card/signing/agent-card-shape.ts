/** What the proto says about a member, as far as its signed form depends on it (A2A §8.4.1). */
export interface MemberRule {
  /** A value that says nothing stays: the member is REQUIRED, `optional`, of a oneof, or a message. */
  readonly staysEmpty: boolean;
  /** What the value is made of: the value itself, its items, or with `isMap` its values. */
  readonly shape?: MessageShape;
  readonly isMap?: boolean;
}

/** The members of a message that need a rule. */
export type MessageShape = Readonly<Record<string, MemberRule>>;

/** REQUIRED, or proto `optional`: what is set is kept. */
const kept: MemberRule = { staysEmpty: true };
/** Neither: the default value is the same as none. */
const plain: MemberRule = { staysEmpty: false };

const keptOf = (shape: MessageShape): MemberRule => ({ ...kept, shape });
const listOf = (shape: MessageShape): MemberRule => ({ ...plain, shape });
const mapOf = (shape: MessageShape): MemberRule => ({
  ...plain,
  shape,
  isMap: true,
});
const plainMap: MemberRule = { ...plain, isMap: true };

const SECURITY_REQUIREMENT: MessageShape = { schemes: mapOf({ list: plain }) };

const AUTHORIZED_FLOW: MessageShape = {
  authorizationUrl: kept,
  deviceAuthorizationUrl: kept,
  tokenUrl: kept,
  refreshUrl: plain,
  scopes: kept,
  pkceRequired: plain,
};

const DEPRECATED_FLOW: MessageShape = {
  authorizationUrl: plain,
  tokenUrl: plain,
  refreshUrl: plain,
  scopes: plainMap,
};

const OAUTH_FLOWS: MessageShape = {
  authorizationCode: keptOf(AUTHORIZED_FLOW),
  clientCredentials: keptOf(AUTHORIZED_FLOW),
  deviceCode: keptOf(AUTHORIZED_FLOW),
  implicit: keptOf(DEPRECATED_FLOW),
  password: keptOf(DEPRECATED_FLOW),
};

const SECURITY_SCHEME: MessageShape = {
  apiKeySecurityScheme: keptOf({
    description: plain,
    location: kept,
    name: kept,
  }),
  httpAuthSecurityScheme: keptOf({
    description: plain,
    scheme: kept,
    bearerFormat: plain,
  }),
  oauth2SecurityScheme: keptOf({
    description: plain,
    flows: keptOf(OAUTH_FLOWS),
    oauth2MetadataUrl: plain,
  }),
  openIdConnectSecurityScheme: keptOf({
    description: plain,
    openIdConnectUrl: kept,
  }),
  mtlsSecurityScheme: keptOf({ description: plain }),
};

const INTERFACE: MessageShape = {
  url: kept,
  protocolBinding: kept,
  tenant: plain,
  protocolVersion: kept,
};

const EXTENSION: MessageShape = {
  uri: plain,
  description: plain,
  required: plain,
  params: kept,
};

const SKILL: MessageShape = {
  id: kept,
  name: kept,
  description: kept,
  tags: kept,
  examples: plain,
  inputModes: plain,
  outputModes: plain,
  securityRequirements: listOf(SECURITY_REQUIREMENT),
};

/** The members of an agent card, as the proto has them (package `lf.a2a.v1`). */
export const AGENT_CARD_SHAPE: MessageShape = Object.freeze({
  name: kept,
  description: kept,
  supportedInterfaces: keptOf(INTERFACE),
  provider: keptOf({ url: kept, organization: kept }),
  version: kept,
  documentationUrl: kept,
  capabilities: keptOf({
    streaming: kept,
    pushNotifications: kept,
    extensions: listOf(EXTENSION),
    extendedAgentCard: kept,
  }),
  securitySchemes: mapOf(SECURITY_SCHEME),
  securityRequirements: listOf(SECURITY_REQUIREMENT),
  defaultInputModes: kept,
  defaultOutputModes: kept,
  skills: keptOf(SKILL),
  iconUrl: kept,
});
