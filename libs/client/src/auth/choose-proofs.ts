import {
  type AgentCard,
  type AgentInterface,
  type SecurityRequirement,
} from '@nest-a2a/protocol';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { type UsableCredential } from './credential.js';
import { type GivenCredentials } from './given-credentials.js';
import { isSamePlace, type Proof } from './proof.js';
import { isGrpc, readScheme, type WantedScheme } from './wanted-scheme.js';

/** Who asks for proofs. */
export interface Asking {
  readonly card: AgentCard;
  readonly agentInterface: AgentInterface;
}

/** What a request is shown with. */
export interface ChosenProofs {
  readonly proofs: readonly Proof[];
  /** Whether the agent also takes requests without. */
  readonly areOptional: boolean;
}

/** Schemes and names of a message; the card is somebody else's text. */
const MAX_NAMED = 8;
const MAX_NAME_LENGTH = 64;

/**
 * The first of the card's requirements that can be satisfied whole (A2A §4.5,
 * §7.3), else nothing where the agent takes requests without. Where a card
 * requires nothing: the first of its schemes, else everything that can be sent
 * without knowing more.
 *
 * @throws A2AClientError `no-credentials`
 */
export function chooseProofs(
  asking: Asking,
  given: GivenCredentials,
): ChosenProofs {
  const requirements = asking.card.securityRequirements ?? [];
  const demands = requirements.filter(({ schemes }) => !isEmpty(schemes));
  const areOptional = demands.length < requirements.length;
  const proofs =
    demands.length === 0
      ? (firstOf(declared(asking), asking, given) ?? asTheyAre(given))
      : firstOf(demands, asking, given);
  if (proofs) {
    return { proofs, areOptional };
  }
  if (areOptional) {
    return { proofs: [], areOptional };
  }
  throw nothingFits(demands, asking);
}

function firstOf(
  requirements: readonly SecurityRequirement[],
  asking: Asking,
  given: GivenCredentials,
): Proof[] | undefined {
  for (const requirement of requirements) {
    const proofs = proofsFor(requirement, asking, given);
    if (proofs) {
      return proofs;
    }
  }
  return undefined;
}

/** Each scheme of the card for itself. */
function declared({ card }: Asking): SecurityRequirement[] {
  return Object.keys(card.securitySchemes ?? {}).map((name) => ({
    schemes: { [name]: { list: [] } },
  }));
}

function proofsFor(
  { schemes }: SecurityRequirement,
  { card, agentInterface }: Asking,
  given: GivenCredentials,
): Proof[] | undefined {
  const known = new Map<string, unknown>(
    Object.entries(card.securitySchemes ?? {}),
  );
  const chosen: Shown[] = [];
  for (const [name, { list: scopes }] of Object.entries(schemes)) {
    const scheme = known.get(name);
    const wanted = readScheme({ scheme, scopes }, agentInterface);
    const one = shownFor(wanted, given.candidatesFor(name));
    if (!one || !fits(one, chosen, given)) {
      return undefined;
    }
    chosen.push(one);
  }
  return distinct(chosen).map(({ proof }) => proof);
}

interface Shown {
  readonly credential: UsableCredential;
  readonly proof: Proof;
}

function shownFor(
  wanted: WantedScheme,
  candidates: readonly UsableCredential[],
): Shown | undefined {
  for (const credential of candidates) {
    const proof = credential.proofFor(wanted);
    if (proof) {
      return { credential, proof };
    }
  }
  return undefined;
}

/**
 * Two credentials have no room in one place. And whether the one key that was
 * given is for this scheme or that, only its name can say.
 */
function fits(
  { credential, proof }: Shown,
  chosen: readonly Shown[],
  { areNamed }: GivenCredentials,
): boolean {
  return chosen.every((other) =>
    isSamePlace(other.proof.place, proof.place)
      ? other.credential === credential
      : areNamed || other.credential !== credential,
  );
}

function asTheyAre({ all }: GivenCredentials): Proof[] {
  const shown = all.flatMap((credential) => {
    const proof = credential.asItIs();
    return proof ? [{ credential, proof }] : [];
  });
  return distinct(shown).map(({ proof }) => proof);
}

/** The first in each place. */
function distinct(shown: readonly Shown[]): Shown[] {
  return shown.filter(
    ({ proof }, index) =>
      shown.findIndex((one) => isSamePlace(one.proof.place, proof.place)) ===
      index,
  );
}

function nothingFits(
  demands: readonly SecurityRequirement[],
  { card, agentInterface }: Asking,
): A2AClientError {
  const named = demands
    .slice(0, MAX_NAMED)
    .map(({ schemes }) => namesOf(Object.keys(schemes)))
    .join(' or ');
  const hint = isGrpc(agentInterface)
    ? '; gRPC carries no API keys in a query or a cookie'
    : '';
  return new A2AClientError(
    'no-credentials',
    `The agent ${JSON.stringify(card.name)} wants ${named}, and the credentials of this client are for none of them${hint}`,
  );
}

function namesOf(names: readonly string[]): string {
  return names
    .slice(0, MAX_NAMED)
    .map((name) => JSON.stringify(name.slice(0, MAX_NAME_LENGTH)))
    .join(' with ');
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
